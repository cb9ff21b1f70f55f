"""From one thread to the next."""

import threading
import time

from edgebreed.edge.camera.slot import Slot


def test_the_newest_replaces_what_waits_and_the_loss_is_told() -> None:
    """Three put, one taken: the last."""
    lost: list[int] = []
    slot: Slot[str] = Slot(1, newest=True, lost=lost.append)
    for item in "abc":
        assert slot.put(item)
    assert ("c", 2) == (slot.get(), sum(lost))
    assert slot.empty()


def test_without_that_the_giver_waits_for_room() -> None:
    """Nothing is lost, and the order holds."""
    slot: Slot[int] = Slot(1)
    giver = threading.Thread(target=lambda: [slot.put(number) for number in range(20)])
    giver.start()
    assert list(range(20)) == [slot.get(1) for _ in range(20)]
    giver.join()


def test_nothing_comes_in_time() -> None:
    """None, after the time and not before."""
    start = time.monotonic()
    assert Slot[int]().get(0.05) is None
    assert time.monotonic() - start >= 0.05


def test_a_closed_slot_gives_out_what_it_holds_and_takes_no_more() -> None:
    """What comes too late is lost, and told."""
    lost: list[int] = []
    slot: Slot[int] = Slot(2, lost=lost.append)
    slot.put(1)
    slot.close()
    assert not slot.put(2)
    assert (1, None, [1]) == (slot.get(), slot.get(), lost)


def test_closing_wakes_who_waits() -> None:
    """A giver without room and a taker without items."""
    full, nothing = Slot[int](1), Slot[int](1)
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
