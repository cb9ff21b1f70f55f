"""The queue between two threads."""

import threading
import time

from edgebreed.edge.stream.frame_buffer import FrameBuffer


def test_the_newest_item_replaces_the_oldest_and_drops_are_reported() -> None:
    """Three put, one taken: the last."""
    dropped: list[str] = []
    buffer: FrameBuffer[str] = FrameBuffer(1, drop_oldest=True, on_dropped=dropped.extend)
    for item in "abc":
        assert buffer.put(item)
    assert ("c", ["a", "b"]) == (buffer.get(), dropped)
    assert buffer.empty()


def test_without_dropping_the_producer_blocks() -> None:
    """Nothing is lost, and the order holds."""
    buffer: FrameBuffer[int] = FrameBuffer(1)
    producer = threading.Thread(target=lambda: [buffer.put(number) for number in range(20)])
    producer.start()
    assert list(range(20)) == [buffer.get(1) for _ in range(20)]
    producer.join()


def test_get_times_out() -> None:
    """With None, after the time and not before."""
    start = time.monotonic()
    assert FrameBuffer[int]().get(0.05) is None
    assert time.monotonic() - start >= 0.05


def test_a_closed_buffer_can_be_emptied_and_accepts_no_more() -> None:
    """What comes too late is dropped and reported."""
    dropped: list[int] = []
    buffer: FrameBuffer[int] = FrameBuffer(2, on_dropped=dropped.extend)
    buffer.put(1)
    buffer.close()
    assert not buffer.put(2)
    assert (1, None, [2]) == (buffer.get(), buffer.get(), dropped)


def test_closing_wakes_blocked_threads() -> None:
    """A producer of a full buffer and a consumer of an empty one."""
    full, nothing = FrameBuffer[int](1), FrameBuffer[int](1)
    full.put(1)
    waiting = [threading.Thread(target=lambda: full.put(2)), threading.Thread(target=nothing.get)]
    for thread in waiting:
        thread.start()
    full.close(discard=True)
    nothing.close()
    for thread in waiting:
        thread.join(2)
        assert not thread.is_alive()
    assert full.get() is None
