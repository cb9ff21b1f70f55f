"""The fastest of many, in little time."""

from dataclasses import replace

import pytest

from edgebreed.benchmarks.machine.clock import FixedClock
from edgebreed.benchmarks.scenarios.workload import Lane
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.benchmarks.tune.successive_halving import HEAT, Race, relative
from edgebreed.errors import EngineError


class Track:
    """Entries are their own latencies in ms, on a machine that slows down as time goes by."""

    def __init__(self, slower_by: float = 0.0) -> None:
        self.clock, self.slower_by = FixedClock(), slower_by
        self.open = self.most_open = 0

    def opener(self, latency: float) -> Lane:
        """A lane of an entry; below 0 it does not open."""
        if latency < 0:
            raise EngineError("not here")

        def ask(_: int) -> Stages:
            self.clock.sleep(latency / 1e3 * (1 + self.slower_by * self.clock.now()))
            return {}

        return Lane(str(latency), ask)

    def race(self, seconds: float = 30.0) -> Race[float]:
        """A race on this track."""
        return Race(self.opener, 4, seconds, self.clock)


def test_the_fastest_wins_wherever_it_starts() -> None:
    """Of ten, in any heat."""
    for place in range(10):
        entries = [50.0 + 5 * number for number in range(9)]
        entries.insert(place, 40.0)
        standings = Track().race().run(entries)
        assert (40.0, 1.0, True) == (standings[0].entry, standings[0].ratio, standings[0].final)


def test_a_machine_that_slows_down_wrongs_nobody() -> None:
    """The last heat runs at half the speed of the first; its entries are measured beside the champion."""
    entries = [60.0, 58.0, 56.0, 54.0, 52.0, 50.0, 48.0, 47.0, 46.0, 45.0]
    standings = Track(slower_by=0.02).race().run(entries)
    assert sorted(entries) == [standing.entry for standing in standings]
    assert 60 / 45 == pytest.approx(max(standing.ratio for standing in standings), rel=0.03)


def test_only_the_near_ones_reach_the_final() -> None:
    """Three at most, and they have more samples."""
    standings = Track().race().run([40.0, 41.0, 42.0, 43.0, 80.0, 90.0])
    assert [True, True, True, False, False, False] == [standing.final for standing in standings]
    assert standings[0].samples > standings[5].samples


def test_entries_that_do_not_open_are_left_out() -> None:
    """A provider whose libraries are missing costs the others nothing."""
    standings = Track().race().run([-1.0, 50.0, -1.0, -1.0, -1.0, -1.0, 40.0])
    assert [40.0, 50.0] == [standing.entry for standing in standings]
    assert [] == Track().race().run([-1.0])


def test_an_entry_that_stops_answering_leaves_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """In a heat, as the fastest so far, or in the final; standard error tells which and why."""
    for falls_after in (0, 30, 200):
        track = Track()

        def opener(latency: float, track: Track = track, after: int = falls_after) -> Lane:
            lane, asked = track.opener(latency), list[int]()

            def ask(number: int) -> Stages:
                asked.append(number)
                if latency == 30.0 and (len(asked) > after or track.clock.now() > 25):
                    raise RuntimeError("no kernel\nand a trace")
                return lane.ask(number)

            return replace(lane, ask=ask)

        race = Race(opener, 4, 30.0, track.clock)
        standings = race.run([40.0, 30.0, 45.0, 50.0, 55.0, 60.0])
        assert (40.0, True) == (standings[0].entry, standings[0].final)
        assert [40.0, 45.0, 50.0, 55.0, 60.0] == sorted(one.entry for one in standings)
        assert {"30.0: no kernel"} == {str(one) for one in race.fallen}
    assert "left out: 30.0: no kernel\n" in capsys.readouterr().err


def test_only_those_that_fit_come_to_the_final() -> None:
    """They are asked in the order of the heats, until there are enough; ratios stay by the winner."""
    asked = list[float]()

    def fits(entry: float) -> bool:
        asked.append(entry)
        return entry >= 42.0

    standings = Track().race().run([44.0, 30.0, 43.0, 42.0, 45.0, 46.0, 80.0], fits)
    assert [42.0, 43.0, 44.0] == [one.entry for one in standings if one.final]
    assert [30.0, 42.0, 43.0, 44.0] == asked
    assert (1.0, 30 / 42, 80 / 42) == pytest.approx(
        tuple(one.ratio for one in standings if one.entry in (42.0, 30.0, 80.0)), rel=0.02
    )


def test_side_by_side_none_leaves() -> None:
    """All in one heat."""
    standings = Track().race().beside([100.0] * HEAT + [50.0])
    assert [2.0] * HEAT + [1.0] == pytest.approx([standing.ratio for standing in standings])


def test_ratios_are_taken_frame_by_frame() -> None:
    """Where both have the same frames; else by their medians."""
    assert 2.0 == relative({0: 20.0, 1: 200.0}, {0: 10.0, 1: 100.0, 2: 1.0})
    assert 4.0 == relative({0: 40.0}, {1: 10.0})
