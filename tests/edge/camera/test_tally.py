"""Counting from several threads."""

import threading

from edgebreed.edge.camera.events import Counts
from edgebreed.edge.camera.tally import Tally


def test_no_count_is_lost_between_threads() -> None:
    """Four threads, a thousand of each."""
    tally = Tally()

    def work() -> None:
        for _ in range(1000):
            tally.captured()
            tally.dropped()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counts(captured=4000, dropped=4000) == tally.counts


def test_each_way_of_a_frame_has_its_count() -> None:
    """And a snapshot stays as it was."""
    tally = Tally()
    before = tally.captured()
    tally.processed()
    tally.dropped(2)
    tally.failed()
    tally.reconnected()
    assert Counts(1, 1, 2, 1, 1) == tally.counts
    assert Counts(1) == before


def test_waiting_for_a_count() -> None:
    """True as soon as it holds, False after the time."""
    tally = Tally()
    assert not tally.wait_for(lambda counts: counts.failed == 1, 0.01)
    threading.Timer(0.02, tally.failed).start()
    assert tally.wait_for(lambda counts: counts.failed == 1, 2)
