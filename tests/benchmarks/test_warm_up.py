"""Runs until steady."""

from collections.abc import Callable

from edgebreed.benchmarks.clock import FixedClock
from edgebreed.benchmarks.samples import Stages, Warmup
from edgebreed.benchmarks.warm_up import MAX_SECONDS, MIN_SECONDS, RULE, WINDOW, warm_up


def warmed(latency: Callable[[int], float]) -> Warmup:
    """The warm-up of a program whose queries take so long, by their number."""
    clock, asked = FixedClock(), list[int]()

    def ask(_: int) -> Stages:
        clock.sleep(latency(len(asked)))
        asked.append(0)
        return {}

    return warm_up(ask, 3, clock)


def test_a_steady_program_is_soon_warm() -> None:
    """At least the minimum of seconds and two windows."""
    assert Warmup(2 * WINDOW, 4.0, True) == warmed(lambda _: 0.25)
    assert warmed(lambda _: 0.001).seconds >= MIN_SECONDS


def test_a_program_that_speeds_up_is_waited_for() -> None:
    """Its first, slow queries do not count."""
    assert warmed(lambda number: 0.1 * 0.95 ** min(number, 30)).samples >= 30


def test_a_program_that_never_settles_ends_at_the_limit() -> None:
    """And the result says that it was not steady."""
    warmup = warmed(lambda number: 0.01 * 1.02**number)
    assert not warmup.steady
    assert MAX_SECONDS <= warmup.seconds < MAX_SECONDS + 1


def test_the_rule_is_stated() -> None:
    """In words that go into each result."""
    assert "at least 0.5 s and 16 queries" in RULE
