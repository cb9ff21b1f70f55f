"""Whether a difference is real."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.compare import Comparison, Word, compare, compare_files
from edgebreed.benchmarks.result_file import Run
from edgebreed.errors import InputError

from .results import latencies, result, write


def run(colours: Path, seed: int, factor: float = 1.0) -> Run:
    """A run of a program `factor` as slow."""
    return Run.from_dict(result(colours, latencies(seed, factor=factor)), Path(f"{seed}.json"))


def test_the_same_program_shows_no_difference(colours: Path) -> None:
    """At least 19 of 20 pairs, with busy seconds and outliers in both."""
    runs = [run(colours, seed) for seed in range(21)]
    words = [compare(runs[number], runs[number + 1]).verdict for number in range(20)]
    assert words.count(Word.SAME) >= 19


def test_ten_percent_are_found_both_ways(colours: Path) -> None:
    """At least 19 of 20 pairs, and the ratio near the truth."""
    comparisons = [compare(run(colours, seed), run(colours, seed + 100, 1.1)) for seed in range(20)]
    assert sum(comparison.verdict is Word.SLOWER for comparison in comparisons) >= 19
    assert np.median([comparison.ratio for comparison in comparisons]) == pytest.approx(1.1, rel=0.01)
    assert Word.FASTER is compare(run(colours, 1, 1.1), run(colours, 2)).verdict


def test_a_machine_at_another_speed_is_told(colours: Path) -> None:
    """By the fixed work beside the samples."""
    usual, slow = run(colours, 1), run(colours, 2)
    slow.probe_ms[:] *= 2
    assert "fixed work took 2.00 times as long in 2.json" in compare(usual, slow).warnings[-1]
    assert () == compare(usual, run(colours, 2)).warnings


def test_seconds_of_another_programs_work_do_not_decide(colours: Path) -> None:
    """A third of a run beside it."""
    quiet, disturbed = run(colours, 1), run(colours, 2)
    disturbed.total_ms[50:120] *= 1.5
    assert Word.SAME is compare(quiet, disturbed).verdict


def test_a_few_samples_prove_nothing(colours: Path) -> None:
    """Five of each, 20 % apart."""
    one, other = (Run.from_dict(result(colours, [ms] * 5), Path("x")) for ms in (50.0, 60.0))
    comparison = compare(one, other)
    assert Word.SAME is comparison.verdict
    assert "INVALID" in comparison.warnings[0]


def test_a_regression_is_real_and_over_the_bound() -> None:
    """Both, not one of them."""
    real, noisy = (
        Comparison("x", 1.08, (1.03, 1.12), 8, (99, 99)),
        Comparison("x", 1.08, (0.9, 1.2), 8, (9, 9)),
    )
    assert (True, False, False) == (real.regressed(0.05), real.regressed(0.10), noisy.regressed(0.05))


def test_files_of_several_runs_are_paired_by_name(colours: Path, tmp_path: Path) -> None:
    """Model, precision and engine."""
    one = result(colours, latencies(0))
    other = {**result(colours, latencies(1)), "engine": "openvino/CPU"}
    both, swapped = ({"runs": runs} for runs in ([one, other], [other, one]))
    comparisons = compare_files(write(tmp_path / "a", both), write(tmp_path / "b", swapped))
    assert ["colours fp32 in openvino/CPU", "colours fp32 in onnxruntime/CPUExecutionProvider"] == [
        comparison.name for comparison in comparisons
    ]
    assert [1.0, 1.0] == [comparison.ratio for comparison in comparisons]


def test_runs_without_anything_in_common_are_refused(colours: Path, tmp_path: Path) -> None:
    """Photos, or models and engines."""
    one, strange = result(colours, latencies(0)), result(colours, latencies(1))
    strange["record"]["queries"] = [f"other-{number}.jpg" for number in range(8)]
    with pytest.raises(InputError, match="no photo in common: bench the same photos"):
        compare_files(write(tmp_path / "a", one), write(tmp_path / "b", strange))
    renamed = {**one, "engine": "litert"}
    with pytest.raises(InputError, match="no model and engine in common: bench the same"):
        compare_files(
            write(tmp_path / "a", {"runs": [one, one]}), write(tmp_path / "b", {"runs": [renamed] * 2})
        )
