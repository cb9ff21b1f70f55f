"""Runs until steady."""

from collections.abc import Callable

from edgebreed.benchmarks.machine.clock import FixedClock
from edgebreed.benchmarks.scenarios.warm_up import MAX_SECONDS, MIN_SECONDS, RULE, WINDOW, warm_up
from edgebreed.benchmarks.stats.samples import Stages, Warmup


def warmed(latency: Callable[[int], float], least: float = MIN_SECONDS) -> Warmup:
    """The warm-up of a program whose queries take so long, by their number."""
    clock, asked = FixedClock(), list[int]()

    def ask(_: int) -> Stages:
        clock.sleep(latency(len(asked)))
        asked.append(0)
        return {}

    return warm_up(ask, 4, clock, least)


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
    assert "at least 3 s, or as long as is measured, and two windows of up to 8 queries, or images" in RULE


def test_a_window_holds_each_photo_as_often() -> None:
    """Of three photos, one of which is large, eight in a row would hold it twice or three times."""
    clock = FixedClock()

    def ask(number: int) -> Stages:
        clock.sleep((0.1, 0.5, 0.5)[number])
        return {}

    assert Warmup(12, 4.4, True) == warm_up(ask, 3, clock, least=4.0)


def test_a_slow_device_gets_its_two_windows() -> None:
    """Longer than the limit, so that it can be told steady at all."""
    assert Warmup(16, 32.0, True) == warmed(lambda _: 2.0)


def test_few_queries_of_many_images_make_a_window() -> None:
    """A batch of sixteen on a slow device takes seconds, and holds every photo anyway."""
    clock = FixedClock()

    def ask(_: int) -> Stages:
        clock.sleep(4.0)
        return {}

    assert Warmup(6, 24.0, True) == warm_up(ask, 3, clock, images=16)


def test_the_shortest_time_can_be_less() -> None:
    """Where lanes are only held against one another, and then the limit is too."""
    clock = FixedClock()

    def ask(_: int) -> Stages:
        clock.sleep(0.01)
        return {}

    assert warm_up(ask, 4, clock, least=0.5).seconds < 0.6
    unsteady = warmed(lambda number: 0.01 * 1.02**number, least=0.3)
    assert not unsteady.steady
    assert 1.0 <= unsteady.seconds < 1.1
