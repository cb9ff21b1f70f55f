"""Prometheus metrics of a stream."""

from collections.abc import Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, StateSetMetricFamily
from prometheus_client.registry import Collector

from edgebreed import __version__
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.live.stream_state import StreamState

_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
_OUTCOMES = ("captured", "processed", "dropped", "failed")


class EventQueue(Protocol):
    """Something that sends events, and keeps those that are not delivered yet."""

    @property
    def pending(self) -> int:
        """Number of events that are not delivered yet."""
        ...

    @property
    def lost(self) -> int:
        """Number of events that were discarded."""
        ...


class PrometheusMetrics:
    """A sink that counts, in a registry of its own.

    Args:
        state: of the stream; it is read when Prometheus scrapes.
    """

    def __init__(self, state: StreamState) -> None:
        self.registry = CollectorRegistry()
        self._latency = Histogram(
            "edgebreed_frame_latency_seconds",
            "Time from the capture of a frame to its result.",
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._stages = Histogram(
            "edgebreed_stage_seconds",
            "Duration of a pipeline stage for a frame.",
            ["stage"],
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._results = Counter(
            "edgebreed_results",
            "Results by kind and label; a result of several labels counts under each.",
            ["kind", "label"],
            registry=self.registry,
        )
        self.registry.register(_StreamCollector(state))
        ProcessCollector(registry=self.registry)

    def add_queue(self, queue: EventQueue) -> None:
        """Adds the metrics of an event queue."""
        self.registry.register(_QueueCollector(queue))

    def add_model(self, manifest: Manifest, engine: str) -> None:
        """Adds which model answers, in which engine, and edgebreed's version."""
        info = Info("edgebreed_model", "The model that answers.", registry=self.registry)
        about = {"model": manifest.name, "precision": manifest.precision.value, "engine": engine}
        info.info({**about, "version": __version__})

    def on_result(self, result: FrameResult) -> None:
        """Receives a frame and its result."""
        kind, labels = result.result.answer
        for label in labels or ("",):
            self._results.labels(kind, label).inc()
        self._latency.observe(result.frame_latency_ms / 1e3)
        for stage, milliseconds in result.result.stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1e3)

    def on_state(self, change: StateChange) -> None:
        """Does nothing: the state is read from `state` when Prometheus scrapes."""

    def close(self) -> None:
        """Nothing is buffered."""


class _QueueCollector(Collector):
    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue

    def collect(self) -> Iterator[Metric]:
        """Events that are pending, and events that were discarded."""
        yield GaugeMetricFamily(
            "edgebreed_events_pending",
            "Events that the broker has not acknowledged yet.",
            self._queue.pending,
        )
        yield CounterMetricFamily("edgebreed_events_lost", "Events that were discarded.", self._queue.lost)


class _StreamCollector(Collector):
    def __init__(self, state: StreamState) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """Frame counts, state, frame rate, and times since the last result and since the source was lost."""
        snapshot = self._state.snapshot()
        counts = snapshot.counts
        frames = CounterMetricFamily("edgebreed_frames", "Frames by outcome.", labels=["outcome"])
        for outcome in _OUTCOMES:
            frames.add_metric([outcome], getattr(counts, outcome))
        yield frames
        dropped = CounterMetricFamily(
            "edgebreed_frames_dropped", "Dropped frames by cause.", labels=["cause"]
        )
        for cause in DropCause:
            dropped.add_metric([cause.value], getattr(counts, cause.value))
        yield dropped
        yield CounterMetricFamily(
            "edgebreed_reconnects", "How often the source was reopened.", counts.reconnects
        )
        yield CounterMetricFamily(
            "edgebreed_reconnect_attempts",
            "How often it was tried to reopen the source.",
            counts.reconnect_attempts,
        )
        states = {state.value: state is snapshot.state for state in State}
        yield StateSetMetricFamily("edgebreed_state", "State of the stream.", states)
        yield GaugeMetricFamily("edgebreed_fps", "Results per second over the last 5 s.", snapshot.fps)
        yield GaugeMetricFamily(
            "edgebreed_since_result_seconds", "Time since the newest result.", snapshot.since_result_s
        )
        yield GaugeMetricFamily(
            "edgebreed_outage_seconds",
            "How long the source has been lost; 0 while it is not.",
            snapshot.outage_s,
        )
