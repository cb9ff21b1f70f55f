"""Whether a difference is real."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.compare import Comparison, Word, compare, compare_files
from edgebreed.benchmarks.result_file import Run
from edgebreed.errors import InputError

from .results import latencies, result, write


def run(colours: Path, seed: int, factor: float = 1.0, drift: float = 1.0) -> Run:
    """A run of a program `factor` as slow on a machine `drift` as slow."""
    slow = latencies(seed, factor=factor * drift)
    probes = np.random.default_rng(seed + 99).normal(1, 0.02, len(slow)) * drift
    return Run.from_dict(result(colours, slow, list(probes)), Path(f"{seed}.json"))


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


def test_a_machine_that_slowed_down_is_no_slower_program(colours: Path) -> None:
    """The probe slowed down with it."""
    comparison = compare(run(colours, 1), run(colours, 2, drift=1.3))
    assert Word.SAME is comparison.verdict
    assert comparison.ratio == pytest.approx(1.0, abs=0.03)


def test_samples_beside_other_programs_do_not_decide(colours: Path) -> None:
    """A second of another program's work in one of the runs."""
    quiet, disturbed = run(colours, 1), run(colours, 2)
    disturbed.total_ms[50:120] *= 1.5
    disturbed.others[50:120] = 0.4
    comparison = compare(quiet, disturbed)
    assert (Word.SAME, (200, 130)) == (comparison.verdict, comparison.samples)


def test_where_nothing_is_quiet_all_is_used_and_told(colours: Path) -> None:
    """With a warning."""
    quiet, disturbed = run(colours, 1), run(colours, 2)
    disturbed.others[:] = 0.4
    comparison = compare(quiet, disturbed)
    assert 200 == comparison.samples[1]
    assert "2.json: other programs disturbed nearly every sample" in comparison.warnings[0]


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
