"""The fastest of many, in little time."""

from dataclasses import replace

import pytest

from edgebreed.benchmarks.machine.clock import ManualClock
from edgebreed.benchmarks.scenarios.workload import Workload
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.benchmarks.tune.successive_halving import ROUND_SIZE, SuccessiveHalving, median_ratio
from edgebreed.errors import EngineError


class SimulatedMachine:
    """Candidates are their own latencies in ms, on a machine that may slow down as time goes by."""

    def __init__(self, slower_by: float = 0.0) -> None:
        self.clock, self.slower_by = ManualClock(), slower_by

    def open_workload(self, latency: float) -> Workload:
        """A candidate's workload; below 0 it does not open."""
        if latency < 0:
            raise EngineError("not here")

        def issue_query(_: int) -> Stages:
            self.clock.sleep(latency / 1e3 * (1 + self.slower_by * self.clock.now()))
            return {}

        return Workload(str(latency), issue_query)

    def halving(self, seconds: float = 30.0) -> SuccessiveHalving[float]:
        """A search on this machine."""
        return SuccessiveHalving(self.open_workload, 4, seconds, self.clock)


@pytest.mark.slow
def test_the_fastest_wins_wherever_it_starts() -> None:
    """Of ten, in any round."""
    for place in range(10):
        candidates = [50.0 + 5 * number for number in range(9)]
        candidates.insert(place, 40.0)
        rankings = SimulatedMachine().halving().run(candidates)
        assert (40.0, 1.0, True) == (rankings[0].candidate, rankings[0].ratio, rankings[0].final)


def test_a_machine_that_slows_down_favours_nobody() -> None:
    """The last round runs at half the speed of the first; its candidates run beside the fastest so far."""
    candidates = [60.0, 58.0, 56.0, 54.0, 52.0, 50.0, 48.0, 47.0, 46.0, 45.0]
    rankings = SimulatedMachine(slower_by=0.02).halving().run(candidates)
    assert sorted(candidates) == [ranking.candidate for ranking in rankings]
    assert 60 / 45 == pytest.approx(max(ranking.ratio for ranking in rankings), rel=0.03)


def test_only_the_near_ones_reach_the_final() -> None:
    """Three at most, and they have more samples."""
    rankings = SimulatedMachine().halving().run([40.0, 41.0, 42.0, 43.0, 80.0, 90.0])
    assert [True, True, True, False, False, False] == [ranking.final for ranking in rankings]
    assert rankings[0].samples > rankings[5].samples


def test_candidates_that_do_not_open_are_left_out() -> None:
    """A provider whose libraries are missing costs the others nothing."""
    rankings = SimulatedMachine().halving().run([-1.0, 50.0, -1.0, -1.0, -1.0, -1.0, 40.0])
    assert [40.0, 50.0] == [ranking.candidate for ranking in rankings]
    assert [] == SimulatedMachine().halving().run([-1.0])


def test_a_candidate_that_fails_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """In a round, as the fastest so far, or in the final; the log says which and why."""
    for fails_after in (0, 30, 200):
        machine = SimulatedMachine()

        def open_workload(
            latency: float, machine: SimulatedMachine = machine, after: int = fails_after
        ) -> Workload:
            workload, issued = machine.open_workload(latency), list[int]()

            def issue_query(number: int) -> Stages:
                issued.append(number)
                if latency == 30.0 and (len(issued) > after or machine.clock.now() > 25):
                    raise RuntimeError("no kernel\nand a trace")
                return workload.issue_query(number)

            return replace(workload, issue_query=issue_query)

        halving = SuccessiveHalving(open_workload, 4, 30.0, machine.clock)
        rankings = halving.run([40.0, 30.0, 45.0, 50.0, 55.0, 60.0])
        assert (40.0, True) == (rankings[0].candidate, rankings[0].final)
        assert [40.0, 45.0, 50.0, 55.0, 60.0] == sorted(one.candidate for one in rankings)
        assert {"30.0: no kernel"} == {str(one) for one in halving.failed}
    assert "left out: 30.0: no kernel" in caplog.messages


def test_only_eligible_candidates_reach_the_final() -> None:
    """The fastest are asked first, until there are enough; ratios are to the winner."""
    asked = list[float]()

    def eligible(candidate: float) -> bool:
        asked.append(candidate)
        return candidate >= 42.0

    rankings = SimulatedMachine().halving().run([44.0, 30.0, 43.0, 42.0, 45.0, 46.0, 80.0], eligible)
    assert [42.0, 43.0, 44.0] == [one.candidate for one in rankings if one.final]
    assert [30.0, 42.0, 43.0, 44.0] == asked
    assert (1.0, 30 / 42, 80 / 42) == pytest.approx(
        tuple(one.ratio for one in rankings if one.candidate in (42.0, 30.0, 80.0)), rel=0.02
    )


def test_side_by_side_none_is_dropped() -> None:
    """All in one round."""
    rankings = SimulatedMachine().halving().measure_side_by_side([100.0] * ROUND_SIZE + [50.0])
    assert [2.0] * ROUND_SIZE + [1.0] == pytest.approx([ranking.ratio for ranking in rankings])


def test_ratios_are_taken_frame_by_frame() -> None:
    """Where both have the same frames; else by their medians."""
    assert 2.0 == median_ratio({0: 20.0, 1: 200.0}, {0: 10.0, 1: 100.0, 2: 1.0})
    assert 4.0 == median_ratio({0: 40.0}, {1: 10.0})
