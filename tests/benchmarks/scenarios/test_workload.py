"""Lanes that take turns."""

import itertools
from collections import Counter

import pytest

from edgebreed.benchmarks.machine.clock import FixedClock
from edgebreed.benchmarks.scenarios.workload import Lane, Plan, Taker, measure, warm
from edgebreed.benchmarks.stats.samples import Stages


def waiting(name: str, seconds: float, clock: FixedClock, asked: list[str]) -> Lane:
    """A lane whose queries take so long."""

    def ask(_: int) -> Stages:
        asked.append(name)
        clock.sleep(seconds)
        return {"sleep": seconds * 1e3}

    return Lane(name, ask)


def test_lanes_alternate_and_get_the_same_time() -> None:
    """A slow one and a fast one; drift in the machine hits both."""
    clock = FixedClock()
    lanes = [waiting("slow", 0.1, clock, []), waiting("fast", 0.02, clock, [])]
    slow, fast = measure(lanes, Plan(seconds=3.99, queries=4), clock)
    assert (40, 200) == (len(slow.samples), len(fast.samples))
    begins = sorted((s.at_s, name) for name, r in (("slow", slow), ("fast", fast)) for s in r.samples)
    changes = sum(before[1] != after[1] for before, after in itertools.pairwise(begins))
    assert changes >= 18


def test_a_reference_follows_three_samples_and_counts_in_none() -> None:
    """Nor in the time measured; a long one waits until the samples have taken three times as long."""
    clock = FixedClock()

    def reference(ms: float) -> float:
        clock.sleep(ms / 1e3)
        return ms

    for reference_ms, every in ((5.0, 3), (20.0, 6)):
        lane = waiting("one", 0.01, clock, [])
        plan = Plan(0.295, queries=4, reference=lambda ms=reference_ms: reference(ms))  # type: ignore[misc]  # bound now
        (recording,) = measure([lane], plan, clock)
        told = [sample.reference_ms for sample in recording.samples]
        assert [None, None, reference_ms] == told[:3]
        assert [*[None] * (every - 1), reference_ms] == told[3 : 3 + every]
        assert 0.3 == pytest.approx(recording.seconds)
        assert [10.0] * 30 == pytest.approx(recording.totals_ms)


def test_lanes_that_were_warmed_up_are_not_again() -> None:
    """So that what watches the machine can begin in between."""
    clock, asked = FixedClock(), list[str]()
    lanes, plan = [waiting("one", 0.01, clock, asked)], Plan(0.1, queries=4)
    warmups = warm(lanes, plan, clock)
    assert warmups[0].samples == len(asked)
    (recording,) = measure(lanes, plan, clock, warmups)
    assert (warmups[0], len(asked)) == (recording.warmup, warmups[0].samples + len(recording.samples))


def test_every_query_comes_before_any_comes_again() -> None:
    """In a random order that the seed fixes."""
    orders = []
    for _ in range(2):
        clock = FixedClock()
        (recording,) = measure([waiting("one", 0.01, clock, [])], Plan(1.0, queries=8, seed=3), clock)
        orders.append([sample.query for sample in recording.samples][:16])
    assert {1} == set(Counter(orders[0][:8]).values())
    assert orders[0] == orders[1] != sorted(orders[0])


def test_a_sample_holds_the_whole_and_what_the_lane_told() -> None:
    """Latency in ms, when it began, the stages, and the machine's speed after it."""
    clock = FixedClock()
    taker = Taker(clock)
    clock.sleep(3.0)
    sample = taker.take(waiting("one", 0.005, clock, []), 7)
    assert (7, 3.0, {"sleep": 5.0}) == (sample.query, sample.at_s, sample.stages_ms)
    assert 5.0 == pytest.approx(sample.total_ms)
    assert sample.probe_ms > 0


@pytest.mark.parametrize(("lanes", "uncounted"), [(1, 0), (2, 5)])
def test_a_turn_among_several_begins_with_a_query_that_does_not_count(lanes: int, uncounted: int) -> None:
    """It finds another lane's data in the caches; a lane alone does not."""
    clock, asked = FixedClock(), list[str]()
    tracks = [waiting(str(number), 0.1, clock, asked) for number in range(lanes)]
    recordings = measure(tracks, Plan(seconds=1.95, queries=1, turn=4), clock)
    counted = sum(len(r.samples) + r.warmup.samples for r in recordings)
    assert uncounted * lanes == len(asked) - counted
