"""A stream from its first state to its last."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edgebreed.edge.boxes import Box
from edgebreed.edge.camera.backoff import Backoff
from edgebreed.edge.camera.capture import ScriptedCapture
from edgebreed.edge.camera.events import Answered, Counts, State, StateChange
from edgebreed.edge.camera.live import LiveSettings, LiveSource
from edgebreed.edge.camera.run import run_stream
from edgebreed.edge.camera.source import ArraySource
from edgebreed.edge.camera.stages import StreamOptions
from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.errors import EngineError, SourceError

from ...conftest import RED, colour_manifest, plain

PROBABILITIES = np.array([0.8, 0.1, 0.1], np.float32)


class Slow:
    """An engine and a detector that take their time, and count how many work at once."""

    name = "slow"
    busy, most = 0, 0

    def __init__(self, detection: float, classification: float) -> None:
        self._detection, self._classification = detection, classification
        self._lock = threading.Lock()

    def detect(self, frame: Frame) -> list[Box]:
        """No faces, after a while."""
        self._work(self._detection)
        return []

    def run(self, batch: np.ndarray) -> ModelOutputs:
        """The same answer, after a while."""
        self._work(self._classification)
        return FixedEngine(PROBABILITIES).run(batch)

    def _work(self, seconds: float) -> None:
        with self._lock:
            self.busy += 1
            self.most = max(self.most, self.busy)
        time.sleep(seconds)
        with self._lock:
            self.busy -= 1


class Failing:
    """An engine that fails on some frames."""

    name = "failing"

    def __init__(self, fails: Callable[[int], bool]) -> None:
        self._fails, self._calls = fails, -1

    def run(self, batch: np.ndarray) -> ModelOutputs:
        """An answer, or none."""
        self._calls += 1
        if self._fails(self._calls):
            raise EngineError(f"no answer to frame {self._calls}")
        return FixedEngine(PROBABILITIES).run(batch)


class Remembering:
    """A sink that keeps what it was told."""

    def __init__(self) -> None:
        self.results: list[Answered] = []
        self.states: list[StateChange] = []
        self.closed = 0

    def answered(self, answered: Answered) -> None:
        """Keeps it."""
        self.results.append(answered)

    def changed(self, change: StateChange) -> None:
        """Keeps it."""
        self.states.append(change)

    def close(self) -> None:
        """Counts it."""
        self.closed += 1


class Breaking(Remembering):
    """A sink whose disk is full."""

    def answered(self, answered: Answered) -> None:
        """Fails."""
        raise OSError("disk full")


def pipeline(engine: object = None, detector: object = None) -> Pipeline:
    """One that needs no model."""
    return Pipeline(
        engine or FixedEngine(PROBABILITIES),  # type: ignore[arg-type]  # stand-ins with the same methods
        colour_manifest(),
        detector or FixedDetector(),  # type: ignore[arg-type]  # as above
        FaceSearch.ALWAYS,
    )


def moving(count: int, seconds: float = 0.0) -> Iterator[Frame]:
    """Frames that differ, at a pace."""
    for number in range(count):
        time.sleep(seconds)
        yield plain((number % 256, 0, 0))


def adds_up(counts: Counts) -> bool:
    """Whether each frame that was captured went one way."""
    return counts.captured == counts.processed + counts.dropped + counts.failed


def test_every_frame_of_a_film_is_answered_in_order() -> None:
    """And told with its number, its time and the counts so far; the last state is its end."""
    sink, before = Remembering(), time.time()
    summary = run_stream(ArraySource([plain(RED)] * 4, "film", fps=25), pipeline(), [sink])
    assert ["film#0", "film#1", "film#2", "film#3"] == [told.result.source for told in sink.results]
    assert [1, 2, 3, 4] == [told.counts.processed for told in sink.results]
    assert all(before - 1 < told.captured_at <= time.time() and told.age_ms >= 0 for told in sink.results)
    assert ([State.RUNNING, State.ENDED], 1) == ([told.state for told in sink.states], sink.closed)
    data = summary.to_dict()
    assert {"read": 4, "processed": 4, "dropped": 0, "failed": 0} == data["frames"]
    assert ("ended", "end of film", "memory") == (data["state"], data["reason"], data["backend"])
    assert 0 <= data["age_ms"]["p50"] <= data["age_ms"]["p99"]


def test_a_slow_pipeline_drops_frames_of_a_camera_and_none_of_a_film() -> None:
    """Each is accounted for, and a camera's answers stay young."""
    for live in (True, False):
        source = ArraySource(moving(40, 0.01), "cam", live=live)
        summary = run_stream(source, pipeline(Slow(0, 0.05)))
        counts = summary.counts
        assert adds_up(counts)
        assert (40, live) == (counts.captured, counts.dropped > 10)
    assert 40 == counts.processed


def test_detection_and_classification_of_different_frames_overlap() -> None:
    """Two stages work at once; the answers keep their order."""
    slow, sink = Slow(0.03, 0.03), Remembering()
    run_stream(ArraySource([plain(RED)] * 12), pipeline(slow, slow), [sink])
    assert 2 == slow.most
    assert list(range(12)) == [told.number for told in sink.results]


def test_it_stops_after_max_frames() -> None:
    """A film is read no further than it needs; a camera's other frames are dropped."""
    summary = run_stream(ArraySource([plain(RED)] * 9), pipeline(), [], StreamOptions(max_frames=2))
    assert {"read": 2, "processed": 2, "dropped": 0, "failed": 0} == summary.to_dict()["frames"]
    assert "2 answered" == summary.reason
    live = ArraySource(moving(500, 0.002), live=True)
    counts = run_stream(live, pipeline(), [], StreamOptions(max_frames=2)).counts
    assert (2, True) == (counts.processed, adds_up(counts))


def test_it_stops_when_it_is_told_and_accounts_for_what_waited() -> None:
    """Though the film has frames left."""
    summary = run_stream(ArraySource(moving(10_000, 0.001)), pipeline(Slow(0, 0.02)), stop=lambda: True)
    assert ("stopped", True) == (summary.reason, adds_up(summary.counts))
    assert summary.counts.captured < 1000


def test_an_empty_source_ends_at_once() -> None:
    """No frames, no rate, no ages."""
    data = run_stream(ArraySource([]), pipeline()).to_dict()
    assert (0, 0.0, None, "ended") == (data["frames"]["read"], data["fps"], data["age_ms"], data["state"])


def test_a_frame_that_the_pipeline_fails_on_costs_no_other_its_answer() -> None:
    """It is counted, and the last fault is kept."""
    engine = Failing(lambda call: call in (1, 2))
    summary = run_stream(ArraySource([plain(RED)] * 5), pipeline(engine))
    assert (Counts(5, 3, 0, 2), "no answer to frame 2") == (summary.counts, summary.fault)
    assert ([], State.ENDED) == (summary.errors, summary.state)


def test_a_pipeline_that_fails_on_every_frame_fails_the_stream() -> None:
    """After ten of many, and with all of few."""
    for frames in (200, 3):
        summary = run_stream(ArraySource([plain(RED)] * frames), pipeline(Failing(lambda _: True)))
        assert (State.FAILED, 0, True) == (summary.state, summary.counts.processed, adds_up(summary.counts))
        assert summary.counts.failed in (3, 10, 11)
        with pytest.raises(EngineError, match="no answer to frame"):
            raise summary.errors[0]


def test_a_sink_that_raises_is_told_no_more_and_the_others_are() -> None:
    """They are told of it at once, and its error is reported at the end."""
    good, bad = Remembering(), Breaking()
    summary = run_stream(ArraySource([plain(RED)] * 4), pipeline(), [bad, good])
    assert (4, ["disk full"], 1) == (len(good.results), [str(e) for e in summary.errors], bad.closed)
    reasons = [(told.state, told.reason) for told in good.states]
    assert (State.RUNNING, "an output failed: disk full") == reasons[1]
    assert State.ENDED == reasons[-1][0]


def test_a_stream_that_nobody_takes_answers_from_any_more_ends() -> None:
    """A log alone does not keep it going; a stream that had no sinks from the start goes to its end."""
    log = Remembering()
    log.passive = True  # type: ignore[attr-defined]  # a sink may have it
    summary = run_stream(ArraySource(moving(10_000, 0.001)), pipeline(), [Breaking(), log])
    assert summary.counts.captured < 5000
    assert 30 == run_stream(ArraySource(moving(30)), pipeline(), [log]).counts.processed
    assert 30 == run_stream(ArraySource(moving(30)), pipeline(), []).counts.processed


def test_a_lost_camera_is_told_and_its_end_is_a_failure() -> None:
    """States in order, the error kept, all frames accounted for."""
    scripts: list[list[Frame | float]] = [[plain(RED), 0.05, plain(RED)], [plain(RED)]]

    def open_next() -> ScriptedCapture:
        if not scripts:
            raise SourceError("unplugged")
        return ScriptedCapture(scripts.pop(0))

    settings = LiveSettings(read_timeout_s=2.0, give_up_s=0.2, backoff=Backoff(0.01, cap=0.02))
    sink = Remembering()
    summary = run_stream(LiveSource(open_next, "cam", settings), pipeline(), [sink])
    states = [told.state for told in sink.states]
    assert [State.RUNNING, State.RECONNECTING, State.RUNNING, State.RECONNECTING, State.FAILED] == states
    assert "not found again in 0.2 s: unplugged" in sink.states[-1].reason
    assert (1, True, 1) == (summary.counts.reconnects, adds_up(summary.counts), len(summary.errors))


def test_a_stream_ends_though_its_camera_hangs() -> None:
    """Asked to stop in the middle of a read that does not return."""
    source = LiveSource(lambda: ScriptedCapture([plain(RED), 60.0]), "cam", LiveSettings(read_timeout_s=60))
    sink, start = Remembering(), time.monotonic()
    summary = run_stream(source, pipeline(), [sink], stop=lambda: bool(sink.results))
    assert time.monotonic() - start < 5
    assert ("stopped", 1, True) == (summary.reason, summary.counts.processed, adds_up(summary.counts))


def test_an_interrupt_in_the_callers_thread_closes_the_sinks() -> None:
    """As Ctrl-C does where nobody catches its signal."""

    def interrupt() -> bool:
        raise KeyboardInterrupt

    sink = Remembering()
    with pytest.raises(KeyboardInterrupt):
        run_stream(ArraySource(moving(10_000, 0.001)), pipeline(), [sink], stop=interrupt)
    last = sink.states[-1]
    assert (1, State.ENDED, "interrupted") == (sink.closed, last.state, last.reason)


def test_labels_are_smoothed_unless_that_is_turned_off() -> None:
    """One odd answer in a scene turns the label only then."""

    class Odd:
        """Another breed for the sixth frame."""

        name, calls = "odd", 0

        def run(self, batch: np.ndarray) -> ModelOutputs:
            """The answer to a frame."""
            self.calls += 1
            row = PROBABILITIES[::-1] if self.calls == 6 else PROBABILITIES
            return FixedEngine(np.ascontiguousarray(row)).run(batch)

    for smooth, breeds in ((True, {"Red"}), (False, {"Red", "Blue"})):
        sink = Remembering()
        source = ArraySource([plain(RED)] * 9, fps=25)
        run_stream(source, pipeline(Odd()), [sink], StreamOptions(smooth=smooth))
        assert breeds == {told.result.top[0].label for told in sink.results}


@pytest.mark.parametrize("wrong", [{"max_frames": 0}, {"detect_every": 0}])
def test_options_that_make_no_stream_are_refused(wrong: dict[str, int]) -> None:
    """With their limits."""
    with pytest.raises(ValueError, match="detect_every and max_frames must be at least 1"):
        StreamOptions(**wrong)  # type: ignore[arg-type]  # one of several types, by name
