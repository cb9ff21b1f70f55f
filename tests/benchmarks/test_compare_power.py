"""The trial of `bench compare` on runs whose truth is known."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from edgebreed.benchmarks.compare_power import PLAIN, SLOWED, SlowedPipeline, judge, kinds
from edgebreed.benchmarks.result_file import Run
from edgebreed.edge.pipeline import Pipeline

from .results import result, shared


def test_a_planted_delay_is_a_tenth_of_the_work(colours: Path, photo: Path) -> None:
    """The answer stays, and the stages hold nothing of it."""
    plain = Pipeline.open(colours)
    slowed = SlowedPipeline(plain.engine, plain.manifest, plain.detector)
    assert plain.process(photo).top == slowed.process(photo).top
    assert 0.1 == slowed.share


def test_as_many_neighbours_are_alike_as_differ() -> None:
    """In an order that the seed draws."""
    order = kinds(20, seed=1)
    assert {True: 20, False: 20} == Counter(one == other for one, other in pairwise(order))
    assert order == kinds(20, seed=1) != kinds(20, seed=2)


def test_each_run_is_compared_with_the_next(colours: Path) -> None:
    """A slowed one always against a plain one, whichever came first."""
    order = [PLAIN, PLAIN, SLOWED, SLOWED, PLAIN]
    factors = {PLAIN: 1.0, SLOWED: 1.1}
    runs = [
        Run.from_dict(result(colours, shared(seed, factor=factors[kind])), Path(f"{seed}.json"))
        for seed, kind in enumerate(order)
    ]
    power = judge(order, runs)
    assert (2, 2, True) == (power.quiet, power.found, power.passed)
    assert [1.1, 1.1] == pytest.approx([one.ratio for one in power.slowed], rel=0.03)
    assert 0 <= power.run_to_run < 0.02
