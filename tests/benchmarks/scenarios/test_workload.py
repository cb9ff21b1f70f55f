"""Workloads that are warmed up and measured in turns."""

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from edgebreed.benchmarks.machine.clock import ManualClock
from edgebreed.benchmarks.scenarios.workload import (
    MAX_WARM_UP_S,
    MIN_WARM_UP_S,
    WARM_UP_RULE,
    WINDOW,
    Plan,
    Sampler,
    Workload,
    measure,
    measure_overhead,
    warm_up,
    warm_up_all,
)
from edgebreed.benchmarks.stats.samples import Stages, Warmup


def sleeping(name: str, seconds: float, clock: ManualClock, issued: list[str]) -> Workload:
    """A workload whose queries take so long."""

    def issue_query(_: int) -> Stages:
        issued.append(name)
        clock.sleep(seconds)
        return {"sleep": seconds * 1e3}

    return Workload(name, issue_query)


def test_workloads_alternate_and_get_the_same_time() -> None:
    """A slow one and a fast one; drift of the machine meets both."""
    clock = ManualClock()
    workloads = [sleeping("slow", 0.1, clock, []), sleeping("fast", 0.02, clock, [])]
    slow, fast = measure(workloads, Plan(seconds=3.99, queries=4), clock)
    assert (40, 200) == (len(slow.samples), len(fast.samples))
    begins = sorted((s.at_s, name) for name, r in (("slow", slow), ("fast", fast)) for s in r.samples)
    changes = sum(before[1] != after[1] for before, after in itertools.pairwise(begins))
    assert changes >= 18


def test_a_reference_follows_three_samples_and_counts_in_none() -> None:
    """Nor in the time measured; a long one waits until the samples have taken three times as long."""
    clock = ManualClock()

    def reference(ms: float) -> float:
        clock.sleep(ms / 1e3)
        return ms

    for reference_ms, every in ((5.0, 3), (20.0, 6)):
        workload = sleeping("one", 0.01, clock, [])
        plan = Plan(0.295, queries=4, reference=lambda ms=reference_ms: reference(ms))  # type: ignore[misc]  # bound now
        (recording,) = measure([workload], plan, clock)
        recorded = [sample.reference_ms for sample in recording.samples]
        assert [None, None, reference_ms] == recorded[:3]
        assert [*[None] * (every - 1), reference_ms] == recorded[3 : 3 + every]
        assert 0.3 == pytest.approx(recording.seconds)
        assert [10.0] * 30 == pytest.approx(recording.totals_ms)


def test_workloads_that_are_warm_are_not_warmed_up_again() -> None:
    """So that monitoring of the machine can begin in between."""
    clock, issued = ManualClock(), list[str]()
    workloads, plan = [sleeping("one", 0.01, clock, issued)], Plan(0.1, queries=4)
    warmups = warm_up_all(workloads, plan, clock)
    assert warmups[0].samples == len(issued)
    (recording,) = measure(workloads, plan, clock, warmups)
    assert (warmups[0], len(issued)) == (recording.warmup, warmups[0].samples + len(recording.samples))


def test_every_query_comes_before_any_comes_again() -> None:
    """In a random order that the seed fixes."""
    orders = []
    for _ in range(2):
        clock = ManualClock()
        (recording,) = measure([sleeping("one", 0.01, clock, [])], Plan(1.0, queries=8, seed=3), clock)
        orders.append([sample.query for sample in recording.samples][:16])
    assert {1} == set(Counter(orders[0][:8]).values())
    assert orders[0] == orders[1] != sorted(orders[0])


def test_a_sample_holds_the_whole_and_the_stages() -> None:
    """Latency in ms, when it began, the stages, and the machine's speed after it."""
    clock = ManualClock()
    sampler = Sampler(clock)
    clock.sleep(3.0)
    sample = sampler.sample(sleeping("one", 0.005, clock, []), 7)
    assert (7, 3.0, {"sleep": 5.0}) == (sample.query, sample.at_s, sample.stages_ms)
    assert 5.0 == pytest.approx(sample.total_ms)
    assert sample.probe_ms > 0


@pytest.mark.parametrize(("count", "uncounted"), [(1, 0), (2, 5)])
def test_a_turn_among_several_begins_with_a_query_that_is_not_recorded(count: int, uncounted: int) -> None:
    """It finds another workload's data in the caches; a workload alone does not."""
    clock, issued = ManualClock(), list[str]()
    workloads = [sleeping(str(number), 0.1, clock, issued) for number in range(count)]
    recordings = measure(workloads, Plan(seconds=1.95, queries=1, turn=4), clock)
    recorded = sum(len(r.samples) + r.warmup.samples for r in recordings)
    assert uncounted * count == len(issued) - recorded


def warmed_up(latency: Callable[[int], float], min_seconds: float = MIN_WARM_UP_S) -> Warmup:
    """The warm-up of a program whose queries take so long, by their number."""
    clock, issued = ManualClock(), list[int]()

    def issue_query(_: int) -> Stages:
        clock.sleep(latency(len(issued)))
        issued.append(0)
        return {}

    return warm_up(issue_query, 4, clock, min_seconds)


def test_a_steady_program_is_soon_warm() -> None:
    """At least the minimum of seconds and two windows."""
    assert Warmup(2 * WINDOW, 4.0, True) == warmed_up(lambda _: 0.25)
    assert warmed_up(lambda _: 0.001).seconds >= MIN_WARM_UP_S


def test_a_program_that_speeds_up_is_waited_for() -> None:
    """Its first, slow queries do not count."""
    assert warmed_up(lambda number: 0.1 * 0.95 ** min(number, 30)).samples >= 30


def test_a_program_that_never_settles_ends_at_the_limit() -> None:
    """And the result says that it was not steady."""
    warmup = warmed_up(lambda number: 0.01 * 1.02**number)
    assert not warmup.steady
    assert MAX_WARM_UP_S <= warmup.seconds < MAX_WARM_UP_S + 1


def test_the_warm_up_rule_is_stated() -> None:
    """In words that go into each result."""
    words = "at least 3 s, or as long as is measured, and two windows of up to 8 queries, or images"
    assert words in WARM_UP_RULE


def test_a_window_holds_each_image_as_often() -> None:
    """Of three images, one of which is large, eight in a row would hold it twice or three times."""
    clock = ManualClock()

    def issue_query(number: int) -> Stages:
        clock.sleep((0.1, 0.5, 0.5)[number])
        return {}

    assert Warmup(12, 4.4, True) == warm_up(issue_query, 3, clock, min_seconds=4.0)


def test_a_slow_device_gets_its_two_windows() -> None:
    """Longer than the limit, so that it can be found steady at all."""
    assert Warmup(16, 32.0, True) == warmed_up(lambda _: 2.0)


def test_few_queries_of_many_images_make_a_window() -> None:
    """A batch of sixteen on a slow device takes seconds, and holds every image anyway."""
    clock = ManualClock()

    def issue_query(_: int) -> Stages:
        clock.sleep(4.0)
        return {}

    assert Warmup(6, 24.0, True) == warm_up(issue_query, 3, clock, images=16)


def test_the_warm_up_can_be_shorter() -> None:
    """Where workloads are only compared with one another, and then the limit is shorter too."""
    clock = ManualClock()

    def issue_query(_: int) -> Stages:
        clock.sleep(0.01)
        return {}

    assert warm_up(issue_query, 4, clock, min_seconds=0.5).seconds < 0.6
    unsteady = warmed_up(lambda number: 0.01 * 1.02**number, min_seconds=0.3)
    assert not unsteady.steady
    assert 1.0 <= unsteady.seconds < 1.1


def test_the_overhead_is_measured_by_the_same_code() -> None:
    """Far below a millisecond inside a latency, and more between two, where the probe runs."""
    overhead = measure_overhead()
    assert 0 < overhead.inside_ms < 1
    assert overhead.between_ms > overhead.inside_ms
