"""Streams in a program of one's own."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

import edgebreed
from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.stream.batching import Batching
from edgebreed.edge.stream.counters import FrameCounters
from edgebreed.edge.stream.events import State, StateChange
from edgebreed.edge.stream.frame_stream import Stream
from edgebreed.edge.stream.lane import StreamOptions
from edgebreed.edge.stream.sources import ArraySource, CapturedFrame, StateCallback, ignore_state
from edgebreed.errors import EngineError, InputError, SourceError

from ...conftest import RED, plain
from .test_runner import PROBABILITIES, Failing, Slow, adds_up, pipeline


class Camera:
    """A camera whose pictures all bear its mark, until it is closed or lost."""

    backend, live = "test", True

    def __init__(self, name: str, fps: float, mark: int = 0, lost_after: int | None = None) -> None:
        self.name, self.fps, self.counters = name, fps, FrameCounters()
        self._mark, self._lost_after, self._closed = mark, lost_after, threading.Event()

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Frames at its rate."""
        number, start = 0, time.monotonic()
        while not self._closed.wait(max(0.0, start + number / self.fps - time.monotonic())):
            if number == self._lost_after:
                on_state(State.RECONNECTING, f"{self.name} is lost")
                raise SourceError(f"{self.name} is lost for good")
            self.counters.add_captured()
            now = time.monotonic()
            yield CapturedFrame(plain((self._mark, 0, 0)), now, number, now, f"{self.name}#{number}")
            number += 1

    def close(self) -> None:
        """Ends the frames."""
        self._closed.set()


class Together:
    """An engine that keeps how many frames came at once, and fails on batches if asked to."""

    name = "together"

    def __init__(self, fails: bool = False) -> None:
        self.sizes: list[int] = []
        self._fails = fails

    def run(self, batch: np.ndarray) -> ModelOutputs:
        """The same outputs for each."""
        self.sizes.append(len(batch))
        time.sleep(0.01)
        if self._fails and len(batch) > 1:
            raise EngineError("no batches here")
        return FixedEngine(PROBABILITIES).run(batch)


def test_one_source_is_iterated_over() -> None:
    """Every frame of a film is answered in order, and it ends with it."""
    with Stream(ArraySource([plain(RED)] * 5, fps=25), pipeline()) as stream:
        assert list(range(5)) == [answer.number for answer in stream]
    counts = stream.counts[""]
    assert (5, 5) == (counts.captured, counts.processed)


def test_several_sources_bear_their_names() -> None:
    """Each frame is answered under the name of its own source."""
    sources = {name: ArraySource([plain((mark, 0, 0))] * 20) for mark, name in enumerate(("door", "yard"))}
    with Stream(sources, pipeline()) as stream:
        answers = [(answer.name, int(answer.frame[0, 0, 0])) for answer in stream]
    assert {("door", 0): 20, ("yard", 1): 20} == Counter(answers)
    assert "yard" == next(answer for answer in [*answers][::-1] if answer[1])[0]


@pytest.mark.slow
def test_cameras_share_a_slow_pipeline_fairly() -> None:
    """One delivers four times as many frames as the others, and gets no larger share."""
    rates = {"a": 30.0, "b": 30.0, "flood": 120.0}
    cameras = {name: Camera(name, fps) for name, fps in rates.items()}
    options = StreamOptions(smooth=False)
    with Stream(cameras, pipeline(Slow(0, 0.02)), options) as stream:
        answered = Counter(answer.name for _, answer in zip(range(90), stream, strict=False))
    assert max(answered.values()) - min(answered.values()) <= 3
    assert all(adds_up(counts) for counts in stream.counts.values())


def test_a_source_that_fails_leaves_the_others() -> None:
    """Its error is kept, and it is no error of the stream."""
    lost, film = Camera("lost", 100, lost_after=2), ArraySource([plain(RED)] * 40)
    with Stream({"lost": lost, "film": film}, pipeline()) as stream:
        answered = Counter(answer.name for answer in stream)
    assert 40 == answered["film"]
    assert ["lost"] == list(stream.errors)
    assert adds_up(stream.counts["lost"])


def test_where_all_sources_fail_the_iteration_raises() -> None:
    """After the last answer, and the news of it."""
    with Stream(Camera("lost", 100, lost_after=3), pipeline()) as stream:
        events = stream.events()
        states = [event.state for event in islice(events, 4) if isinstance(event, StateChange)]
        with pytest.raises(SourceError, match="lost for good"):
            next(events)
    assert [State.RECONNECTING] == states
    assert 3 == stream.counts[""].processed


def test_sources_come_and_go() -> None:
    """The first one goes on; threads do not grow in number."""
    with Stream({"first": Camera("first", 200)}, pipeline()) as stream:
        answers = iter(stream)
        next(answers)
        before = threading.active_count()
        for _ in range(20):
            stream.attach("guest", Camera("guest", 200))
            assert any(answer.name == "guest" for answer in answers)
            stream.detach("guest")
        assert any(answer.name == "first" for answer in answers)
        assert threading.active_count() <= before + 2
        assert ["first"] == list(stream.counts)


def test_frames_of_several_sources_share_an_inference() -> None:
    """Each answer is of its own source all the same."""
    engine = Together()
    cameras = {name: Camera(name, 100, mark) for mark, name in enumerate("abc")}
    with Stream(cameras, pipeline(engine), batching=Batching(3, fps=20)) as stream:
        answers = [answer for _, answer in zip(range(60), stream, strict=False)]
    assert all("abc"[int(answer.frame[0, 0, 0])] == answer.name for answer in answers)
    assert 3 in engine.sizes


def test_a_batch_that_fails_is_tried_frame_by_frame() -> None:
    """One bad frame is not the fault of the others."""
    sources = {name: ArraySource([plain(RED)] * 10) for name in "ab"}
    with Stream(sources, pipeline(Together(fails=True)), batching=Batching(2)) as stream:
        assert {"a": 10, "b": 10} == Counter(answer.name for answer in stream)


def test_any_thread_may_close_it() -> None:
    """The iteration ends."""
    with Stream(Camera("endless", 100), pipeline()) as stream:
        threading.Timer(0.2, stream.close).start()
        assert sum(1 for _ in stream) > 0
    assert adds_up(stream.counts[""])


def test_an_engine_that_keeps_failing_ends_all() -> None:
    """The iteration raises what it failed with."""
    cameras = {name: Camera(name, 200) for name in "ab"}
    with Stream(cameras, pipeline(Failing(lambda _: True))) as stream, pytest.raises(EngineError):
        list(stream)


def test_what_cannot_be_is_refused() -> None:
    """No source, a taken name, none of that name; one that does not open closes the others."""
    with pytest.raises(InputError, match="without a source"):
        Stream({}, pipeline())
    first = ArraySource([plain(RED)] * 3)
    with pytest.raises(SourceError):
        Stream({"a": first, "b": "/dev/video99"}, pipeline())
    assert [] == list(first.frames())
    with Stream({"a": Camera("a", 50)}, pipeline()) as stream:
        with pytest.raises(InputError, match="another one bears this name"):
            stream.attach("a", Camera("a", 50))
        with pytest.raises(InputError, match="source b: there is a"):
            stream.detach("b")
    with pytest.raises(InputError, match="has ended"):
        stream.attach("late", Camera("late", 50))


def test_it_is_a_public_name() -> None:
    """Where users look for it."""
    assert edgebreed.Stream is Stream
