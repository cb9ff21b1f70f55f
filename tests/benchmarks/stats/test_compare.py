"""Whether a difference is real."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.benchmarks.report.result_file import BenchRun
from edgebreed.benchmarks.stats.compare import (
    Comparison,
    ComparisonBasis,
    ComparisonOutcome,
    compare,
    compare_files,
)
from edgebreed.errors import InputError

from ..results import changing_slowdown, latencies, result, shared, without_reference, write


def run(colours: Path, seed: int, factor: float = 1.0) -> BenchRun:
    """A run of a program `factor` as slow on a shared machine."""
    return BenchRun.of(result(colours, shared(seed, factor=factor)), Path(f"{seed}.json"))


def test_the_same_program_shows_no_difference(colours: Path) -> None:
    """At least 19 of 20 pairs, while the machine's speed changes every few seconds."""
    runs = [run(colours, seed) for seed in range(21)]
    outcomes = [compare(runs[number], runs[number + 1]).outcome for number in range(20)]
    assert outcomes.count(ComparisonOutcome.SAME) >= 19


@pytest.mark.slow
def test_ten_percent_are_found_both_ways(colours: Path) -> None:
    """At least 19 of 20 pairs, and the ratio near the truth."""
    comparisons = [compare(run(colours, seed), run(colours, seed + 100, 1.1)) for seed in range(20)]
    assert sum(comparison.outcome is ComparisonOutcome.SLOWER for comparison in comparisons) >= 19
    assert np.median([comparison.ratio for comparison in comparisons]) == pytest.approx(1.1, rel=0.01)
    assert ComparisonOutcome.FASTER is compare(run(colours, 1, 1.1), run(colours, 2)).outcome


def test_a_machine_that_slowed_down_is_no_slower_program(colours: Path) -> None:
    """A fifth, in samples and references: it is noted beside the ratio, and is not in it."""
    first, late = run(colours, 1), run(colours, 2)
    late.total_ms[:] *= 1.2
    late.reference_ms[:] *= 1.2
    comparison = compare(first, late)
    assert (ComparisonOutcome.SAME, ComparisonBasis.REFERENCE) == (comparison.outcome, comparison.basis)
    assert comparison.reference_ratio == pytest.approx(1.2, rel=0.12)
    assert "the reference itself took 1." in comparison.notes()[0]


def with_reference(run: BenchRun, reference: dict[str, Any]) -> BenchRun:
    """A run beside another reference."""
    return replace(run, result=replace(run.result, reference=reference))


@pytest.mark.parametrize("key", ["sha256", "engine", "threads", "versions"])
def test_references_that_differ_are_not_used(colours: Path, key: str) -> None:
    """Another model, engine, number of threads or version; a warning says so."""
    first, other = run(colours, 1), run(colours, 2)
    comparison = compare(first, with_reference(other, {**(other.reference or {}), key: "another"}))
    assert (ComparisonBasis.ALONE, None) == (comparison.basis, comparison.reference_ratio)
    assert "1.json and 2.json have no reference in common" in comparison.warnings[-1]


def test_runs_without_references_are_compared_by_their_samples(colours: Path) -> None:
    """Right on a quiet machine."""
    quiet = [
        BenchRun.of(result(colours, latencies(seed, factor=factor)), Path(f"{seed}"))
        for seed, factor in ((0, 1.0), (1, 1.0), (2, 1.1))
    ]
    assert [ComparisonOutcome.SAME, ComparisonOutcome.SLOWER] == [
        compare(quiet[0], other).outcome for other in quiet[1:]
    ]
    shaky = BenchRun.of(result(colours, without_reference(shared(3))), Path("shaky"))
    assert "no reference in common" in compare(quiet[0], shaky).warnings[-1]


def test_an_image_of_one_sample_makes_the_interval_no_narrower(colours: Path) -> None:
    """Half of its typical value is that sample: 200 images once say as little as 20 images ten times."""
    made = BenchRun.of(result(colours, latencies(0)), Path("x"))
    widths = []
    for images in (200, 20):
        queries = tuple(str(number % images) for number in range(200))
        runs = [
            replace(
                made,
                file=Path(f"{seed}"),
                queries=queries,
                total_ms=np.random.default_rng(seed).lognormal(4.0, 0.3, 200),
            )
            for seed in range(13)
        ]
        intervals = [compare(runs[0], other).interval for other in runs[1:]]
        widths.append(np.mean([np.log(high / low) for low, high in intervals]))
    assert widths[0] == pytest.approx(widths[1], rel=0.15)


def side_by_side(colours: Path, factor: float) -> list[BenchResult]:
    """Two runs of one file in turns of two, on a machine whose speed changes; the second is slower."""
    slowdown = changing_slowdown(np.random.default_rng(5), 400)
    places = np.arange(400)
    results = []
    for run, slower in enumerate((1.0, factor)):
        own = places // 2 % 2 == run
        one = result(colours, [float(ms) for ms in np.array(latencies(run)) * slowdown[own] * slower])
        results.append(replace(one, record=replace(one.record, at_s=tuple(places[own].tolist()))))
    return [results[0], replace(results[1], engine="openvino/CPU")]


@pytest.mark.parametrize(
    ("factor", "outcome"), [(1.0, ComparisonOutcome.SAME), (1.1, ComparisonOutcome.SLOWER)]
)
def test_runs_of_one_file_are_compared_turn_by_turn(
    colours: Path, tmp_path: Path, factor: float, outcome: ComparisonOutcome
) -> None:
    """The first with each other one, where the file is given twice."""
    file = write(tmp_path / "both.json", *side_by_side(colours, factor))
    (comparison,) = compare_files(file, file)
    assert (outcome, ComparisonBasis.TURNS) == (comparison.outcome, comparison.basis)
    assert comparison.ratio == pytest.approx(factor, rel=0.02)
    assert "in openvino/CPU against colours fp32" in comparison.name


def test_a_machine_at_another_speed_gives_a_warning(colours: Path) -> None:
    """By the speed probe beside the samples."""
    first, slow = run(colours, 1), run(colours, 2)
    assert not [line for line in compare(first, slow).warnings if "fixed work" in line]
    slow.probe_ms[:] *= 2
    assert "fixed work took 2.00 times as long in 2.json" in compare(first, slow).warnings[-1]


def test_seconds_of_another_programs_work_do_not_decide(colours: Path) -> None:
    """A third of a run beside it, which the references felt too."""
    quiet, disturbed = run(colours, 1), run(colours, 2)
    disturbed.total_ms[50:120] *= 1.5
    disturbed.reference_ms[50:120] *= 1.5
    assert ComparisonOutcome.SAME is compare(quiet, disturbed).outcome


def test_a_few_samples_prove_nothing(colours: Path) -> None:
    """Five of each, 20 % apart."""
    one, other = (BenchRun.of(result(colours, [ms] * 5), Path(f"{ms}")) for ms in (50.0, 60.0))
    comparison = compare(one, other)
    assert ComparisonOutcome.SAME is comparison.outcome
    assert "INVALID" in comparison.warnings[0]


def test_a_regression_is_real_and_over_the_bound() -> None:
    """Both, not one of them."""
    real, noisy = (
        Comparison("x", 1.08, (1.03, 1.12), 8, (99, 99)),
        Comparison("x", 1.08, (0.9, 1.2), 8, (9, 9)),
    )
    assert (True, False, False) == (real.regressed(0.05), real.regressed(0.10), noisy.regressed(0.05))


def test_files_of_several_runs_are_paired_by_name(colours: Path, tmp_path: Path) -> None:
    """Model, precision, file and engine."""
    one = result(colours, latencies(0))
    other = replace(result(colours, latencies(1)), engine="openvino/CPU")
    comparisons = compare_files(write(tmp_path / "a", one, other), write(tmp_path / "b", other, one))
    assert [
        "colours fp32 (colours.onnx) in openvino/CPU",
        "colours fp32 (colours.onnx) in onnxruntime/CPUExecutionProvider",
    ] == [comparison.name for comparison in comparisons]
    assert [1.0, 1.0] == [comparison.ratio for comparison in comparisons]


def test_runs_of_one_name_are_paired_by_their_order(colours: Path, tmp_path: Path) -> None:
    """Two files of one name from two folders: none is compared with the other's."""
    slow, fast = result(colours, latencies(0, factor=2.0)), result(colours, latencies(0))
    a, b = (write(tmp_path / name, slow, fast) for name in ("a", "b"))
    assert [1.0, 1.0] == [comparison.ratio for comparison in compare_files(a, b)]


@pytest.mark.parametrize(
    "changes",
    [{"scenario": "multi-stream", "images_per_query": 8}, {"scenario": "camera", "rate": 30.0}],
)
def test_runs_whose_images_arrived_differently_are_refused(colours: Path, changes: dict[str, Any]) -> None:
    """A latency of eight images against one says nothing."""
    one = result(colours, latencies(0))
    runs = [BenchRun.of(one, Path("a")), BenchRun.of(replace(one, **changes), Path("b"))]
    with pytest.raises(
        InputError, match=r"a is single-stream of 1 a query and b is .*: bench both the same way"
    ):
        compare(runs[0], runs[1])


def test_offline_is_compared_by_the_image(colours: Path) -> None:
    """Twice the batch in twice the time is no difference; streams of two numbers are refused."""
    runs = []
    for batch in (8, 16):
        batches = result(colours, [ms * batch for ms in latencies(batch)])
        runs.append(replace(batches, scenario="offline", images_per_query=batch))
    first, second = (BenchRun.of(one, Path(f"{number}")) for number, one in enumerate(runs))
    comparison = compare(first, second)
    assert ComparisonOutcome.SAME is comparison.outcome
    assert 1.0 == pytest.approx(comparison.ratio, rel=0.02)
    streams = [BenchRun.of(replace(one, scenario="multi-stream"), Path("x")) for one in runs]
    with pytest.raises(InputError, match="multi-stream of 8 a query and x is multi-stream of 16"):
        compare(streams[0], streams[1])


def test_runs_without_anything_in_common_are_refused(colours: Path, tmp_path: Path) -> None:
    """Photos, or models and engines."""
    one, strange = result(colours, latencies(0)), result(colours, latencies(1))
    names = tuple(f"other-{number}.jpg" for number in range(8))
    strange = replace(strange, record=replace(strange.record, queries=names))
    with pytest.raises(InputError, match="no photo in common: bench the same photos"):
        compare_files(write(tmp_path / "a", one), write(tmp_path / "b", strange))
    renamed = replace(one, engine="litert")
    with pytest.raises(InputError, match="no model and engine in common: bench the same"):
        compare_files(write(tmp_path / "a", one, one), write(tmp_path / "b", renamed, renamed))
