"""Frames of several sources before one engine."""

import threading
import time

from edgebreed.edge.stream.engine_queue import EngineQueue
from edgebreed.edge.stream.lane import Lane
from edgebreed.edge.stream.sources import ArraySource, CapturedFrame

from ...conftest import RED, plain


def camera(name: str, live: bool = True) -> Lane:
    """A source of this name."""
    return Lane(ArraySource([], name, live=live), name=name)


def frame(number: int) -> CapturedFrame:
    """A frame of this number."""
    return CapturedFrame(plain(RED), 0.0, number, 0.0, f"#{number}")


def opened(*lanes: Lane) -> EngineQueue:
    """A queue with these sources."""
    queue = EngineQueue()
    for lane in lanes:
        queue.open(lane)
    return queue


def taken(queue: EngineQueue, most: int = 1) -> list[tuple[str, int]]:
    """Names and numbers of the next frames."""
    return [(lane.name, captured.number) for lane, captured in queue.take(most)]


def test_sources_take_turns_whatever_their_rates() -> None:
    """One floods, two wait."""
    flood, door, yard = lanes = [camera(name) for name in ("flood", "door", "yard")]
    queue, order = opened(*lanes), []
    for number in range(6):
        for _ in range(5):
            queue.put(flood, frame(number))
        queue.put(door, frame(number))
        queue.put(yard, frame(number))
        order += [name for name, _ in taken(queue)]
    assert ["flood", "door", "yard"] * 2 == order
    assert 30 - 2 - 1 == flood.source.counters.counts.dropped  # two were taken, one waits


def test_the_newest_frame_of_a_camera_waits() -> None:
    """Those before it are dropped, and counted."""
    lane = camera("door")
    queue = opened(lane)
    for number in range(4):
        assert queue.put(lane, frame(number))
    assert ([("door", 3)], 3) == (taken(queue), lane.source.counters.counts.dropped)


def test_a_file_waits_for_its_turn() -> None:
    """Nothing of it is dropped."""
    lane = camera("film", live=False)
    queue = opened(lane)
    writer = threading.Thread(target=lambda: [queue.put(lane, frame(number)) for number in range(5)])
    writer.start()
    assert list(range(5)) == [taken(queue)[0][1] for _ in range(5)]
    writer.join()
    assert 0 == lane.source.counters.counts.dropped


def test_a_batch_holds_one_frame_of_each_source() -> None:
    """In turn, and not more than are wanted."""
    lanes = [camera(name) for name in "abc"]
    queue = opened(*lanes)
    for lane in lanes:
        queue.put(lane, frame(0))
    assert [("a", 0), ("b", 0)] == taken(queue, 2)
    queue.put(lanes[0], frame(1))
    assert [("c", 0), ("a", 1)] == taken(queue, 2)


def test_the_first_frame_of_a_batch_waits_no_longer_than_its_budget() -> None:
    """The other source never comes."""
    one, other = camera("one"), camera("other")
    queue = opened(one, other)
    queue.put(one, frame(0))
    start = time.monotonic()
    assert 1 == len(queue.take(2, lambda: 0.1))
    assert 0.1 <= time.monotonic() - start < 5


def test_a_full_batch_waits_for_nothing() -> None:
    """Both are there."""
    one, other = camera("one"), camera("other")
    queue = opened(one, other)
    queue.put(one, frame(0))
    queue.put(other, frame(0))
    start = time.monotonic()
    assert 2 == len(queue.take(2, lambda: 60.0))
    assert time.monotonic() - start < 5


def test_a_closed_source_is_emptied_first() -> None:
    """Then there is nothing more to come."""
    lane = camera("film", live=False)
    queue = opened(lane)
    queue.put(lane, frame(0))
    queue.close(lane)
    assert not queue.put(lane, frame(1))
    assert ([("film", 0)], []) == (taken(queue), taken(queue))
    assert 1 == lane.source.counters.counts.dropped


def test_what_waits_of_a_source_can_be_discarded() -> None:
    """It is counted; the others stay."""
    one, other = camera("one"), camera("other")
    queue = opened(one, other)
    queue.put(one, frame(0))
    queue.put(other, frame(0))
    queue.close(one, discard=True)
    assert ([("other", 0)], 1) == (taken(queue, 2), one.source.counters.counts.dropped)


def test_closing_wakes_who_waits() -> None:
    """The engine, and the thread of a file."""
    lane = camera("film", live=False)
    queue = opened(lane)
    queue.put(lane, frame(0))
    writer = threading.Thread(target=lambda: queue.put(lane, frame(1)))
    writer.start()
    queue.close(lane, discard=True)
    writer.join(5)
    assert (False, []) == (writer.is_alive(), queue.take())
