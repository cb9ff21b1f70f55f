"""A stream's figures for Prometheus."""

from collections.abc import Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, StateSetMetricFamily
from prometheus_client.registry import Collector

from edgebreed.edge.camera.events import Answered, Counts, State, StateChange
from edgebreed.live.latest import Latest
from edgebreed.live.messages import state_word

_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
_FATES = ("captured", "processed", "dropped", "failed")


class Outgoing(Protocol):
    """Something that sends events, and may have to wait with them."""

    @property
    def waiting(self) -> int:
        """Events that are not delivered yet."""
        ...

    @property
    def lost(self) -> int:
        """Events that were given up."""
        ...


class Metrics:
    """A sink that counts, in a registry of its own.

    Args:
        latest: knows the stream's standing.
    """

    def __init__(self, latest: Latest) -> None:
        self.registry = CollectorRegistry()
        self._age = Histogram(
            "edgebreed_age_seconds",
            "Time from a frame's capture to its answer.",
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._stages = Histogram(
            "edgebreed_stage_seconds",
            "Time that a stage of the pipeline took for a frame.",
            ["stage"],
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.registry.register(_Standing(latest))
        ProcessCollector(registry=self.registry)

    def follow(self, outgoing: Outgoing) -> None:
        """Tells of events on their way, too."""
        self.registry.register(_Mail(outgoing))

    def answered(self, answered: Answered) -> None:
        """Takes a frame with its answer."""
        self._age.observe(answered.age_ms / 1e3)
        for stage, milliseconds in answered.result.stages_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1e3)

    def changed(self, change: StateChange) -> None:
        """The state is read from `latest` when Prometheus asks."""

    def close(self) -> None:
        """Holds nothing that must be written out."""


class _Mail(Collector):
    """Events on their way, read when Prometheus asks."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def collect(self) -> Iterator[Metric]:
        """How many wait, and how many were given up."""
        yield GaugeMetricFamily(
            "edgebreed_events_waiting", "Events that the broker has not taken yet.", self._outgoing.waiting
        )
        yield CounterMetricFamily("edgebreed_events_lost", "Events that were given up.", self._outgoing.lost)


class _Standing(Collector):
    """Figures that are read when Prometheus asks."""

    def __init__(self, latest: Latest) -> None:
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """Counters, state, rate and silence."""
        view = self._latest.view()
        counts = view.newest.counts if view.newest else Counts()
        frames = CounterMetricFamily("edgebreed_frames", "Frames by their fate.", labels=["fate"])
        for fate in _FATES:
            frames.add_metric([fate], getattr(counts, fate))
        yield frames
        yield CounterMetricFamily(
            "edgebreed_reconnects", "How often the source was opened again.", counts.reconnects
        )
        states = {word: word == state_word(view) for word in ("starting", *State)}
        yield StateSetMetricFamily("edgebreed_state", "Where the stream stands.", states)
        yield GaugeMetricFamily("edgebreed_fps", "Answers per second over the last 5 s.", view.fps)
        yield GaugeMetricFamily("edgebreed_silence_seconds", "Time since the newest answer.", view.silence_s)
