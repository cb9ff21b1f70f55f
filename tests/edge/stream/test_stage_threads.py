"""The threads of a stream."""

import numpy as np
import pytest

from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.lane import StreamOptions
from edgebreed.edge.stream.runner import run_stream
from edgebreed.edge.stream.sources import ArraySource
from edgebreed.errors import EngineTimeoutError

from ...conftest import RED, plain
from .test_runner import PROBABILITIES, Slow, pipeline
from .test_sinks import CollectingSink


def test_detection_and_classification_of_different_frames_overlap() -> None:
    """Two stages run at once; the results keep their order."""
    slow, sink = Slow(0.03, 0.03), CollectingSink()
    run_stream(ArraySource([plain(RED)] * 12), pipeline(slow, slow), [sink])
    assert 2 == slow.most
    assert list(range(12)) == [result.number for result in sink.results]


def test_labels_are_smoothed_unless_that_is_turned_off() -> None:
    """A single outlier in a scene changes the label only without smoothing."""

    class Odd:
        """Another class for the sixth frame."""

        name, calls = "odd", 0

        def run(self, batch: np.ndarray) -> ModelOutputs:
            """The outputs for a frame."""
            self.calls += 1
            row = PROBABILITIES[::-1] if self.calls == 6 else PROBABILITIES
            return FixedEngine(np.ascontiguousarray(row)).run(batch)

    for smooth, labels in ((True, {"Red"}), (False, {"Red", "Blue"})):
        sink = CollectingSink()
        source = ArraySource([plain(RED)] * 9, fps=25)
        run_stream(source, pipeline(Odd()), [sink], StreamOptions(smooth=smooth))
        assert labels == {result.result.top[0].label for result in sink.results}


def test_an_inference_that_does_not_end_in_time_fails_the_stream_at_once() -> None:
    """Other frames may go wrong ten times in a row; ten time limits in a row would be minutes."""

    class Late:
        """Never answers in time."""

        name, calls = "late", 0

        def run(self, batch: np.ndarray) -> ModelOutputs:
            """Nothing for a frame."""
            self.calls += 1
            raise EngineTimeoutError(f"late on a batch of shape {batch.shape}")

    engine, sink = Late(), CollectingSink()
    summary = run_stream(ArraySource([plain(RED)] * 9, fps=25), pipeline(engine), [sink])
    assert (1, 0, State.FAILED) == (engine.calls, summary.counts.processed, summary.state)
    assert ["late on a batch of shape (1, 8, 8, 3)"] == [str(error) for error in summary.errors]


@pytest.mark.parametrize("wrong", [{"max_frames": 0}, {"detect_every": 0}])
def test_invalid_options_are_refused(wrong: dict[str, int]) -> None:
    """The message holds the limits."""
    with pytest.raises(ValueError, match="detect_every and max_frames must be at least 1"):
        StreamOptions(**wrong)  # type: ignore[arg-type]  # one of several types, by name
