"""How far each sample lies above the typical latency of its image."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.report.result_file import BenchRun
from edgebreed.benchmarks.stats.residuals import Residuals, group_medians, residuals, turn_differences

from ..results import Trace, result


def run(colours: Path, total_ms: list[float], reference_ms: list[float | None]) -> BenchRun:
    """A run of the eight photos in turn."""
    return BenchRun.of(result(colours, Trace(total_ms, reference_ms)), Path("x"))


def test_a_group_is_divided_by_the_references_around_it(colours: Path) -> None:
    """Samples before the first or after the last have only one, and are left out."""
    total = [10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 10.0, 10.0]
    references = [None, None, 5.0, None, None, 20.0, None, None]
    one = replace(run(colours, total, references), queries=("a",) * 8)
    old, new = residuals(one, one, by_reference=True)
    assert ([1, 1, 1], [0.0] * 3) == (old.groups.tolist(), old.logs.tolist())
    assert [0.0] == group_medians(new, new.logs).tolist()
    doubled = replace(one, total_ms=2 * one.total_ms)
    old, new = residuals(one, doubled, by_reference=True)
    assert np.log(2) == pytest.approx(
        float(group_medians(new, new.logs)[0] - group_medians(old, old.logs)[0])
    )


def test_a_machine_twice_as_slow_changes_nothing(colours: Path) -> None:
    """Where the references feel it too."""
    one = replace(run(colours, [10.0] * 8, [5.0, None, None, 5.0, None, None, 5.0, None]), queries=("a",) * 8)
    late = replace(one, total_ms=2 * one.total_ms, reference_ms=2 * one.reference_ms)
    old, new = residuals(one, late, by_reference=True)
    assert old.logs.tolist() == pytest.approx(new.logs.tolist())


def test_images_of_one_run_alone_are_left_out(colours: Path) -> None:
    """And samples are counted by image."""
    one = run(colours, [10.0] * 12, [])
    other = replace(one, queries=tuple(f"{number % 8 + 4}.jpg" for number in range(12)))
    old, _ = residuals(one, other, by_reference=False)
    assert (4, {1}, 4) == (old.images, set(old.repeats.tolist()), len(old.logs))


def test_a_sample_that_is_its_own_typical_value_keeps_half_its_variance() -> None:
    """Which is corrected; with many samples of an image there is nothing to correct."""
    logs, numbers = np.array([-1.0, 0.0, 1.0]), np.arange(3)
    once, often = (
        Residuals(logs, numbers, numbers.astype(float), np.full(3, count), 3) for count in (1, 10**6)
    )
    assert (np.sqrt(2) * logs).tolist() == pytest.approx(once.variance_corrected().tolist())
    assert logs.tolist() == pytest.approx(often.variance_corrected().tolist(), abs=1e-5)


def test_turns_are_paired_with_their_neighbours() -> None:
    """Whichever run begins."""

    def of(at: list[float], logs: list[float]) -> Residuals:
        numbers = np.arange(len(at))
        return Residuals(np.array(logs), numbers, np.array(at), numbers + 1, 1)

    first, second = of([0, 1, 4, 5], [1.0, 1.0, 5.0, 5.0]), of([2, 3, 6, 7], [1.5, 1.5, 5.5, 5.5])
    assert [0.5, 0.5] == turn_differences(first, second, first.logs, second.logs).tolist()
    assert [-0.5, -0.5] == turn_differences(second, first, second.logs, first.logs).tolist()
