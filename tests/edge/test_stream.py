"""Frame after frame."""

import numpy as np

from edgebreed.edge.engines import FixedEngine
from edgebreed.edge.haar import FixedDetector
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.result import Result
from edgebreed.edge.sources import ArraySource
from edgebreed.edge.stream import run_stream

from ..conftest import RED, colour_manifest, plain


def pipeline() -> Pipeline:
    """One that needs no model."""
    return Pipeline(FixedEngine(np.array([0.8, 0.1, 0.1], np.float32)), colour_manifest(), FixedDetector())


def test_every_frame_is_answered_and_handed_on() -> None:
    """Sinks get frame and answer, in order."""
    seen: list[str] = []

    def sink(frame: Frame, result: Result) -> None:
        assert frame.shape == plain(RED).shape
        seen.append(result.source)

    summary = run_stream(ArraySource([plain(RED)] * 4, "film"), pipeline(), [sink]).to_dict()
    assert ["film#0", "film#1", "film#2", "film#3"] == seen
    assert {"read": 4, "processed": 4, "dropped": 0} == summary["frames"]
    assert 0 <= summary["age_ms"]["p50"] <= summary["age_ms"]["p99"]


def test_it_stops_after_max_frames() -> None:
    """And reads no more than it needs."""
    summary = run_stream(ArraySource([plain(RED)] * 9), pipeline(), [], max_frames=2).to_dict()
    assert {"read": 2, "processed": 2, "dropped": 0} == summary["frames"]


def test_it_stops_when_it_is_told() -> None:
    """A frame that was read but not answered is not counted as answered."""
    summary = run_stream(ArraySource([plain(RED)] * 9), pipeline(), [], stop=lambda: True).to_dict()
    assert 0 == summary["frames"]["processed"]
    assert summary["age_ms"] is None


def test_an_empty_source_ends_at_once() -> None:
    """No frames, no rate, no ages."""
    summary = run_stream(ArraySource([]), pipeline(), []).to_dict()
    assert (0, None) == (summary["frames"]["read"], summary["age_ms"])
