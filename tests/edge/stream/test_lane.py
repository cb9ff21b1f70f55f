"""What is kept of a source from frame to frame."""

from typing import Any

import numpy as np
import pytest

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.stream.lane import Lane, StreamOptions
from edgebreed.edge.stream.sources import ArraySource, CapturedFrame

from ...conftest import RED, plain


def outputs(*values: float) -> ModelOutputs:
    """A model's outputs for one frame."""
    return ModelOutputs(np.array([values], np.float32))


def test_a_file_is_not_read_further_than_needed() -> None:
    """Three results are wanted: three frames are read, and one more for each that failed."""
    lane = Lane(ArraySource([]), StreamOptions(max_frames=3))
    counters = lane.source.counters
    for _ in range(3):
        assert lane.wants_more
        counters.add_captured()
    assert not lane.wants_more
    counters.add_failed()
    assert lane.wants_more


def test_a_camera_is_read_on() -> None:
    """Its driver would hand out old frames otherwise."""
    lane = Lane(ArraySource([], live=True), StreamOptions(max_frames=1))
    lane.source.counters.add_captured()
    assert lane.wants_more


def test_it_is_complete_with_its_last_result() -> None:
    """And never without a limit."""
    limited, endless = Lane(ArraySource([]), StreamOptions(max_frames=1)), Lane(ArraySource([]))
    for lane in (limited, endless):
        assert not lane.is_complete
        lane.source.counters.add_processed()
    assert (True, False) == (limited.is_complete, endless.is_complete)


def test_what_is_not_admitted_is_counted_with_its_cause() -> None:
    """A still scene, ten frames at once, of which the left half is wanted."""
    lane = Lane(ArraySource([]), StreamOptions(region=(0, 0, 0.5, 1), motion=0.1))
    frames = [lane.admitted(CapturedFrame(plain(RED), 0.0, number, 0.0, "")) for number in range(10)]
    counts = lane.source.counters.counts
    assert (9, 9, 0) == (counts.dropped, counts.gated, counts.paused)
    assert frames[0] is not None
    assert plain(RED).shape[1] // 2 == frames[0].frame.shape[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": (0.5, 0, 0.6, 1)},
        {"region": (0, 0, 0, 1)},
        {"region": (-0.1, 0, 0.5, 1)},
        {"motion": 2.0},
        {"every_s": -1.0},
        {"idle_s": 0.0},
    ],
)
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    """With the option and what is allowed."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        StreamOptions(**wrong)


@pytest.mark.parametrize(("smooth", "second"), [(True, 1.0), (False, 0.0)])
def test_each_source_has_an_average_of_its_own(smooth: bool, second: float) -> None:
    """Two frames at one moment: the second changes nothing where outputs are averaged."""
    lane, other = (Lane(ArraySource([]), StreamOptions(smooth=smooth)) for _ in range(2))
    assert 1.0 == lane.smoothed(outputs(1, 0), 0, 0.0).probabilities[0, 0]
    assert second == lane.smoothed(outputs(0, 1), 0, 0.0).probabilities[0, 0]
    assert 0.0 == other.smoothed(outputs(0, 1), 0, 0.0).probabilities[0, 0]
