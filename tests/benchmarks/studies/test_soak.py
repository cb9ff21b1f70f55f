"""Minutes of a camera that is faster than its pipeline; here seconds, and no bound on speed."""

from edgebreed.benchmarks.studies.soak import (
    MemoryLog,
    SoakBounds,
    camera_script,
    resident_bytes,
    run_soak,
    soak_figures,
)
from edgebreed.edge.stream import FrameCounts, StreamSummary


def test_a_short_soak_accounts_for_its_frames() -> None:
    """And reports whether each bound was held."""
    summary, memory = run_soak(1.5)
    figures = soak_figures(summary, memory, 1.5, SoakBounds())
    assert figures["held"]["accounts"]
    assert {"age", "memory", "throughput", "accounts"} == set(figures["held"])
    assert figures["frames"]["dropped"] > 0
    assert len(memory.readings) == figures["frames"]["processed"]


def test_a_missed_bound_is_named() -> None:
    """Old answers, memory that grows, too few answers, frames that got lost."""
    memory = MemoryLog()
    memory.readings = [(90.0, 100), (290.0, 110)]
    summary = StreamSummary("s", "b", "e", counts=FrameCounts(100, 50, 10, 0), seconds=10.0)
    summary.frame_latencies_ms.extend([150.0, 350.0])
    held = soak_figures(summary, memory, 300.0, SoakBounds())["held"]
    assert {"age": False, "memory": False, "throughput": False, "accounts": False} == held


def test_the_camera_keeps_its_rate_and_its_frames_differ() -> None:
    """Pauses before pictures; memory is measured in bytes."""
    script = camera_script(0.3)
    first, picture, pause, other = (next(script) for _ in range(4))
    assert 0.0 == first
    assert isinstance(pause, float)
    assert 0.0 <= pause <= 1 / 30
    assert (picture != other).any()  # type: ignore[union-attr]  # every second entry is a picture
    assert resident_bytes() > 10e6
