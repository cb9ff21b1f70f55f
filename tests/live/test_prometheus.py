"""Prometheus metrics."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from edgebreed import __version__
from edgebreed.edge.prediction import Kind
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import State, StateChange
from edgebreed.live.prometheus import PrometheusMetrics
from edgebreed.live.stream_state import StreamState

from ..conftest import colour_manifest
from .feed import TOP, ManualClock, change, frame_result, result


def scraped(metrics: PrometheusMetrics) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_frames_state_and_times() -> None:
    """As Prometheus would store them."""
    state = StreamState()
    metrics = PrometheusMetrics(state)
    for number in range(3):
        state.on_result(frame_result(number, latency_ms=60))
        metrics.on_result(frame_result(number, latency_ms=60))
    state.on_state(change(State.RECONNECTING))
    samples = scraped(metrics)
    outcomes = ("captured", "processed", "dropped")
    frames = {outcome: samples["edgebreed_frames_total", outcome] for outcome in outcomes}
    assert {"captured": 5, "processed": 3, "dropped": 2} == frames
    assert (1, 0) == (samples["edgebreed_state", "reconnecting"], samples["edgebreed_state", "running"])
    assert (0, 3) == (
        samples["edgebreed_frame_latency_seconds_bucket", "0.05"],
        samples["edgebreed_frame_latency_seconds_count",],
    )
    assert 0.09 == round(samples["edgebreed_stage_seconds_sum", "inference"], 6)
    assert 0 == samples["edgebreed_reconnects_total",]
    assert samples["process_resident_memory_bytes",] > 1e6


def test_an_outage_goes_on_in_the_metrics() -> None:
    """Attempts, failed frames and the time since the loss, without any result."""
    clock = ManualClock()
    state = StreamState(clock)
    metrics = PrometheusMetrics(state)
    assert 0 == scraped(metrics)["edgebreed_outage_seconds",]
    counts = FrameCounts(captured=3, failed=3, reconnects=1, reconnect_attempts=7)
    state.on_state(StateChange(State.RECONNECTING, "no such device", 0.0, counts))
    clock.now += 45
    samples = scraped(metrics)
    names = ("edgebreed_reconnect_attempts_total", "edgebreed_reconnects_total", "edgebreed_outage_seconds")
    assert [7, 1, 45] == [samples[name,] for name in names]
    assert 3 == samples["edgebreed_frames_total", "failed"]


def test_dropped_frames_count_by_cause() -> None:
    """Each of them, also one that did not happen yet."""
    state = StreamState()
    counts = FrameCounts(captured=9, dropped=9, newer=4, gated=3, paused=2)
    state.on_state(StateChange(State.RUNNING, "", 0.0, counts))
    samples = scraped(PrometheusMetrics(state))
    causes = {key[1]: value for key, value in samples.items() if key[0] == "edgebreed_frames_dropped_total"}
    assert {"newer": 4, "gated": 3, "paused": 2, "ended": 0} == causes


def test_results_count_by_kind_and_label() -> None:
    """One of several labels under each of them, one without a label under an empty one."""
    metrics = PrometheusMetrics(StreamState())
    metrics.on_result(frame_result(of=result(label="star")))
    metrics.on_result(frame_result(of=result(labels=(TOP[0], TOP[2]))))
    for _ in range(2):
        metrics.on_result(frame_result(of=result(kind=Kind.UNKNOWN)))
    counts = {
        key[1:]: value for key, value in scraped(metrics).items() if key[0] == "edgebreed_results_total"
    }
    known = {("known", "star"): 1, ("known", "square"): 1, ("known", "disc"): 1}
    assert {**known, ("unknown", ""): 2} == counts


def test_the_model_is_named() -> None:
    """With its precision, its engine, and edgebreed's version."""
    metrics = PrometheusMetrics(StreamState())
    metrics.add_model(colour_manifest(), "fixed")
    named = next(key for key in scraped(metrics) if key[0] == "edgebreed_model_info")
    assert {"colours", "fp32", "fixed", __version__} == set(named[1:])


def test_two_streams_count_apart() -> None:
    """Each has a registry of its own."""
    one, other = PrometheusMetrics(StreamState()), PrometheusMetrics(StreamState())
    one.on_result(frame_result())
    assert 1 == scraped(one)["edgebreed_frame_latency_seconds_count",]
    assert 0 == scraped(other)["edgebreed_frame_latency_seconds_count",]
