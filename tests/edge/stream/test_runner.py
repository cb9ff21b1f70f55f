"""A stream from its first state to its last."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edgebreed.edge.detectors import Detection, FixedDetector
from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.stream.capture import ScriptedCapture
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.lane import StreamOptions
from edgebreed.edge.stream.outage import ReconnectSettings
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource
from edgebreed.edge.stream.runner import SHUTDOWN_S, run_stream
from edgebreed.edge.stream.sources import ArraySource
from edgebreed.edge.stream.video_file_source import VideoFileSource
from edgebreed.errors import EngineError, SourceError

from ...conftest import RED, colour_manifest, plain
from .captures import HangingCapture, HangingRelease
from .test_sinks import CollectingSink, FailingSink

PROBABILITIES = np.array([0.8, 0.1, 0.1], np.float32)


class Slow:
    """An engine and a detector that take some time, and count how many run at once."""

    name = "slow"
    busy, most = 0, 0

    def __init__(self, detection_s: float, classification_s: float) -> None:
        self._detection_s, self._classification_s = detection_s, classification_s
        self._lock = threading.Lock()

    def detect(self, frame: Frame) -> list[Detection]:
        """No faces, after a while."""
        self._work(self._detection_s)
        return []

    def run(self, batch: np.ndarray) -> ModelOutputs:
        """The same outputs, after a while."""
        self._work(self._classification_s)
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
        """Outputs, or an error."""
        self._calls += 1
        if self._fails(self._calls):
            raise EngineError(f"no outputs for frame {self._calls}")
        return FixedEngine(PROBABILITIES).run(batch)


def pipeline(engine: object = None, detector: object = None) -> Pipeline:
    """A pipeline without a model file."""
    return Pipeline(
        engine or FixedEngine(PROBABILITIES),  # type: ignore[arg-type]  # stand-ins with the same methods
        colour_manifest(),
        detector or FixedDetector(),  # type: ignore[arg-type]  # as above
        FaceSearch.ALWAYS,
    )


def moving(count: int, seconds: float = 0.0) -> Iterator[Frame]:
    """Frames that differ, so many seconds apart."""
    for number in range(count):
        time.sleep(seconds)
        yield plain((number % 256, 0, 0))


def adds_up(counts: FrameCounts) -> bool:
    """Whether each captured frame has exactly one outcome."""
    return counts.captured == counts.processed + counts.dropped + counts.failed


def test_every_frame_of_a_video_is_processed_in_order() -> None:
    """Each result has its number, its time and the counts so far; the last state is the end."""
    sink, before = CollectingSink(), time.time()
    summary = run_stream(ArraySource([plain(RED)] * 4, "video", fps=25), pipeline(), [sink])
    assert ["video#0", "video#1", "video#2", "video#3"] == [result.result.source for result in sink.results]
    assert [1, 2, 3, 4] == [result.counts.processed for result in sink.results]
    assert all(before - 1 < result.captured_at <= time.time() for result in sink.results)
    assert all(result.frame_latency_ms >= 0 for result in sink.results)
    assert ([State.RUNNING, State.ENDED], 1) == ([change.state for change in sink.states], sink.closed)
    data = summary.to_dict()
    assert {"read": 4, "processed": 4, "dropped": 0, "failed": 0} == data["frames"]
    assert ("ended", "end of video", "memory") == (data["state"], data["reason"], data["backend"])
    assert 0 <= data["age_ms"]["p50"] <= data["age_ms"]["p99"]


@pytest.mark.slow
def test_a_slow_pipeline_drops_frames_of_a_camera_and_none_of_a_video() -> None:
    """Each frame is accounted for."""
    for live in (True, False):
        source = ArraySource(moving(40, 0.01), "cam", live=live)
        summary = run_stream(source, pipeline(Slow(0, 0.05)))
        counts = summary.counts
        assert adds_up(counts)
        assert (40, live) == (counts.captured, counts.dropped > 10)
    assert 40 == counts.processed


def test_it_stops_after_max_frames() -> None:
    """A video is read no further than needed; a camera's other frames are dropped."""
    summary = run_stream(ArraySource([plain(RED)] * 9), pipeline(), [], StreamOptions(max_frames=2))
    assert {"read": 2, "processed": 2, "dropped": 0, "failed": 0} == summary.to_dict()["frames"]
    assert "2 processed" == summary.reason
    live = ArraySource(moving(500, 0.002), live=True)
    counts = run_stream(live, pipeline(), [], StreamOptions(max_frames=2)).counts
    assert (2, True) == (counts.processed, adds_up(counts))


def test_it_stops_on_request_and_accounts_for_frames_that_waited() -> None:
    """Though the video has frames left."""
    summary = run_stream(ArraySource(moving(10_000, 0.001)), pipeline(Slow(0, 0.02)), stop=lambda: True)
    assert ("stopped", True) == (summary.reason, adds_up(summary.counts))
    assert summary.counts.captured < 1000


def test_an_empty_source_ends_at_once() -> None:
    """No frames, no rate, no latencies."""
    data = run_stream(ArraySource([]), pipeline()).to_dict()
    assert (0, 0.0, None, "ended") == (data["frames"]["read"], data["fps"], data["age_ms"], data["state"])


def test_a_frame_that_the_pipeline_fails_on_does_not_stop_the_stream() -> None:
    """It is counted, and the last error is kept."""
    engine = Failing(lambda call: call in (1, 2))
    summary = run_stream(ArraySource([plain(RED)] * 5), pipeline(engine))
    assert (FrameCounts(5, 3, 0, 2), "no outputs for frame 2") == (summary.counts, summary.last_frame_error)
    assert ([], State.ENDED) == (summary.errors, summary.state)


def test_a_pipeline_that_fails_on_every_frame_fails_the_stream() -> None:
    """After ten frames in a row, or at the end of fewer."""
    for frames in (200, 3):
        summary = run_stream(ArraySource([plain(RED)] * frames), pipeline(Failing(lambda _: True)))
        assert (State.FAILED, 0, True) == (summary.state, summary.counts.processed, adds_up(summary.counts))
        assert summary.counts.failed in (3, 10, 11)
        with pytest.raises(EngineError, match="no outputs for frame"):
            raise summary.errors[0]


def test_a_stream_whose_sinks_have_all_failed_ends() -> None:
    """Their errors are kept; a stream that had no sinks from the start runs to its end."""
    summary = run_stream(ArraySource(moving(10_000, 0.001)), pipeline(), [FailingSink()])
    assert (["disk full"], True) == ([str(e) for e in summary.errors], summary.counts.captured < 5000)
    assert (State.FAILED, "disk full") == (summary.state, summary.reason)
    assert 30 == run_stream(ArraySource(moving(30)), pipeline(), []).counts.processed


class UnclosableSink(CollectingSink):
    """A sink whose disk is full when it completes its file."""

    def close(self) -> None:
        """Fails."""
        raise OSError("no room for the end")


def test_a_sink_that_failed_alone_fails_the_stream_at_its_end() -> None:
    """The other sinks are told, but of one that fails when it is closed."""
    for sink, told in ((FailingSink(), State.FAILED), (UnclosableSink(), State.ENDED)):
        good = CollectingSink()
        summary = run_stream(ArraySource([plain(RED)] * 3), pipeline(), [sink, good])
        assert (State.FAILED, 1, 3) == (summary.state, len(summary.errors), summary.counts.processed)
        assert (str(summary.errors[0]), told) == (summary.reason, good.states[-1].state)


def test_a_lost_camera_is_reported_and_its_end_is_a_failure() -> None:
    """States in order, the error kept, all frames accounted for."""
    scripts: list[list[Frame | float]] = [[plain(RED), 0.05, plain(RED)], [plain(RED)]]

    def open_next() -> ScriptedCapture:
        if not scripts:
            raise SourceError("unplugged")
        return ScriptedCapture(scripts.pop(0))

    settings = ReconnectSettings(read_timeout_s=2.0, give_up_s=0.2, backoff=Backoff(0.01, cap=0.02))
    sink = CollectingSink()
    summary = run_stream(ReconnectingSource(open_next, "cam", settings), pipeline(), [sink])
    states = [change.state for change in sink.states]
    assert 3 <= sink.states[1].counts.failed < sink.states[-1].counts.failed
    assert 1 < sink.states[-1].counts.reconnect_attempts == summary.to_dict()["reconnect_attempts"]
    assert [State.RUNNING, State.RECONNECTING, State.RUNNING, State.RECONNECTING, State.FAILED] == states
    assert "did not come back in 0.2 s: unplugged" in sink.states[-1].reason
    assert (1, True, 1) == (summary.counts.reconnects, adds_up(summary.counts), len(summary.errors))


def test_a_stream_ends_though_its_camera_hangs() -> None:
    """Stopped in the middle of a read that does not return."""
    source = ReconnectingSource(
        lambda: ScriptedCapture([plain(RED), 60.0]), "cam", ReconnectSettings(read_timeout_s=60)
    )
    sink, start = CollectingSink(), time.monotonic()
    summary = run_stream(source, pipeline(), [sink], stop=lambda: bool(sink.results))
    assert time.monotonic() - start < 5
    assert ("stopped", 1, True) == (summary.reason, summary.counts.processed, adds_up(summary.counts))


@pytest.mark.slow
@pytest.mark.parametrize("hanging", [HangingCapture, HangingRelease])
@pytest.mark.parametrize("kind", ["video", "camera"])
def test_a_stream_ends_though_its_driver_hangs(
    hanging: type[HangingCapture | HangingRelease], kind: str
) -> None:
    """In a read or in the release; the limit holds for all of its threads together."""
    capture = hanging(plain(RED))
    source = (
        VideoFileSource(capture, "v.mp4") if kind == "video" else ReconnectingSource(lambda: capture, "cam")
    )
    sink, start = CollectingSink(), time.monotonic()
    run_stream(source, pipeline(), [sink], stop=lambda: bool(sink.results))
    source.close()
    assert time.monotonic() - start < SHUTDOWN_S + 1
    capture.freed.set()


def test_an_interrupt_in_the_callers_thread_closes_the_sinks() -> None:
    """As Ctrl-C does without a signal handler."""

    def interrupt() -> bool:
        raise KeyboardInterrupt

    sink = CollectingSink()
    with pytest.raises(KeyboardInterrupt):
        run_stream(ArraySource(moving(10_000, 0.001)), pipeline(), [sink], stop=interrupt)
    last = sink.states[-1]
    assert (1, State.ENDED, "interrupted") == (sink.closed, last.state, last.reason)
