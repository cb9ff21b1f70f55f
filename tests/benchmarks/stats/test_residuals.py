"""How far each sample lies above what is usual for its photo."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.report.result_file import Run
from edgebreed.benchmarks.stats.residuals import Excess, excess, grouped, turns

from ..results import Trace, result


def run(colours: Path, total_ms: list[float], reference_ms: list[float | None]) -> Run:
    """A run of the eight photos in turn."""
    return Run.from_dict(result(colours, Trace(total_ms, reference_ms)), Path("x"))


def test_a_group_is_held_against_the_references_around_it(colours: Path) -> None:
    """What lies before the first or behind the last has only one, and is left out."""
    total = [10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 10.0, 10.0]
    references = [None, None, 5.0, None, None, 20.0, None, None]
    one = replace(run(colours, total, references), queries=("a",) * 8)
    old, new = excess(one, one, against_reference=True)
    assert ([1, 1, 1], [0.0] * 3) == (old.groups.tolist(), old.logs.tolist())
    assert [0.0] == grouped(new, new.logs).tolist()
    doubled = replace(one, total_ms=2 * one.total_ms)
    old, new = excess(one, doubled, against_reference=True)
    assert np.log(2) == pytest.approx(float(grouped(new, new.logs)[0] - grouped(old, old.logs)[0]))


def test_a_machine_twice_as_slow_changes_nothing(colours: Path) -> None:
    """Where the references feel it too."""
    one = replace(run(colours, [10.0] * 8, [5.0, None, None, 5.0, None, None, 5.0, None]), queries=("a",) * 8)
    late = replace(one, total_ms=2 * one.total_ms, reference_ms=2 * one.reference_ms)
    old, new = excess(one, late, against_reference=True)
    assert old.logs.tolist() == pytest.approx(new.logs.tolist())


def test_photos_of_one_run_alone_are_left_out(colours: Path) -> None:
    """And samples are counted by photo."""
    one = run(colours, [10.0] * 12, [])
    other = replace(one, queries=tuple(f"{number % 8 + 4}.jpg" for number in range(12)))
    old, _ = excess(one, other, against_reference=False)
    assert (4, {1}, 4) == (old.photos, set(old.often.tolist()), len(old.logs))


def test_a_sample_that_makes_its_own_usual_keeps_half_its_variance() -> None:
    """Which is given back; of many samples of a photo nothing is missing."""
    logs, numbers = np.array([-1.0, 0.0, 1.0]), np.arange(3)
    once, often = (Excess(logs, numbers, numbers.astype(float), np.full(3, count), 3) for count in (1, 10**6))
    assert (np.sqrt(2) * logs).tolist() == pytest.approx(once.widened().tolist())
    assert logs.tolist() == pytest.approx(often.widened().tolist(), abs=1e-5)


def test_turns_are_paired_with_their_neighbours() -> None:
    """Whichever run begins."""

    def of(at: list[float], logs: list[float]) -> Excess:
        numbers = np.arange(len(at))
        return Excess(np.array(logs), numbers, np.array(at), numbers + 1, 1)

    first, second = of([0, 1, 4, 5], [1.0, 1.0, 5.0, 5.0]), of([2, 3, 6, 7], [1.5, 1.5, 5.5, 5.5])
    assert [0.5, 0.5] == turns(first, second, first.logs, second.logs).tolist()
    assert [-0.5, -0.5] == turns(second, first, second.logs, first.logs).tolist()
