"""Figures for Prometheus."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from edgebreed.edge.camera.events import State
from edgebreed.live.latest import Latest
from edgebreed.live.metrics import Metrics

from .feed import answered, change


def scraped(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(generate_latest(metrics.registry).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_frames_state_and_times() -> None:
    """As Prometheus would store them."""
    latest = Latest()
    metrics = Metrics(latest)
    for number in range(3):
        latest.answered(answered(number, age_ms=60))
        metrics.answered(answered(number, age_ms=60))
    latest.changed(change(State.RECONNECTING))
    samples = scraped(metrics)
    frames = {fate: samples["edgebreed_frames_total", fate] for fate in ("captured", "processed", "dropped")}
    assert {"captured": 5, "processed": 3, "dropped": 2} == frames
    assert (1, 0) == (samples["edgebreed_state", "reconnecting"], samples["edgebreed_state", "running"])
    assert (0, 3) == (
        samples["edgebreed_age_seconds_bucket", "0.05"],
        samples["edgebreed_age_seconds_count",],
    )
    assert 0.09 == round(samples["edgebreed_stage_seconds_sum", "inference"], 6)
    assert 0 == samples["edgebreed_reconnects_total",]
    assert samples["process_resident_memory_bytes",] > 1e6


def test_two_streams_count_apart() -> None:
    """Each has a registry of its own."""
    one, other = Metrics(Latest()), Metrics(Latest())
    one.answered(answered())
    assert 1 == scraped(one)["edgebreed_age_seconds_count",]
    assert 0 == scraped(other)["edgebreed_age_seconds_count",]
