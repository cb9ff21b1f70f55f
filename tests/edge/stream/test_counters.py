"""Counting frames from several threads."""

import threading

from edgebreed.edge.stream.counters import DropCause, FrameCounters, FrameCounts


def test_no_count_is_lost_between_threads() -> None:
    """Four threads, a thousand of each."""
    counters = FrameCounters()

    def work() -> None:
        for _ in range(1000):
            counters.add_captured()
            counters.add_dropped()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FrameCounts(captured=4000, dropped=4000, newer=4000) == counters.counts


def test_each_outcome_has_its_count() -> None:
    """Counts that were returned earlier do not change."""
    counters = FrameCounters()
    before = counters.add_captured()
    counters.add_processed()
    counters.add_dropped(2)
    counters.add_dropped(3, DropCause.GATED)
    counters.add_failed()
    counters.add_reconnect()
    counters.add_reconnect_attempt()
    assert FrameCounts(1, 1, 5, 1, 1, 1, newer=2, gated=3) == counters.counts
    assert FrameCounts(1) == before


def test_waiting_for_a_condition() -> None:
    """True as soon as it holds, False after the time."""
    counters = FrameCounters()
    assert not counters.wait_for(lambda counts: counts.failed == 1, 0.01)
    threading.Timer(0.02, counters.add_failed).start()
    assert counters.wait_for(lambda counts: counts.failed == 1, 2)


def test_what_has_no_outcome_yet_waits() -> None:
    """Five were captured, one was answered, one dropped."""
    counters = FrameCounters()
    for _ in range(5):
        counters.add_captured()
    counters.add_processed()
    counters.add_dropped()
    assert 3 == counters.counts.waiting
