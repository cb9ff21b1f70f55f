"""How often `bench compare` is right on runs whose truth is known."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from edgebreed.benchmarks.report.result_file import BenchRun
from edgebreed.benchmarks.studies.compare_power import (
    PLAIN,
    SLOWED,
    SlowedPipeline,
    compare_neighbours,
    draw_kinds,
)
from edgebreed.edge.pipeline import Pipeline

from ..results import result, shared


def test_a_slowed_pipeline_gives_the_same_results(colours: Path, photo: Path) -> None:
    """A tenth later; no stage includes the delay."""
    plain = Pipeline.open(colours)
    slowed = SlowedPipeline(plain.engine, plain.manifest, plain.detector)
    assert plain.process(photo).top == slowed.process(photo).top
    assert 0.1 == slowed.share


def test_as_many_neighbours_are_alike_as_differ() -> None:
    """In an order that the seed draws."""
    kinds = draw_kinds(20, seed=1)
    assert {True: 20, False: 20} == Counter(one == other for one, other in pairwise(kinds))
    assert kinds == draw_kinds(20, seed=1) != draw_kinds(20, seed=2)


def test_each_run_is_compared_with_the_next(colours: Path) -> None:
    """A slowed one always against a plain one, whichever came first."""
    kinds = [PLAIN, PLAIN, SLOWED, SLOWED, PLAIN]
    factors = {PLAIN: 1.0, SLOWED: 1.1}
    runs = [
        BenchRun.of(result(colours, shared(seed, factor=factors[kind])), Path(f"{seed}.json"))
        for seed, kind in enumerate(kinds)
    ]
    power = compare_neighbours(kinds, runs)
    assert (2, 2, True) == (power.true_negatives, power.true_positives, power.passed)
    assert [1.1, 1.1] == pytest.approx(power.to_dict()["slowed_ratios"], rel=0.03)
    assert 0 <= power.run_to_run_std < 0.02
