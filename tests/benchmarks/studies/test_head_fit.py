"""Three ways to fit a head."""

import numpy as np
import pytest

from edgebreed.benchmarks.studies.head_fit import (
    STRENGTHS,
    FitHead,
    choose_strength,
    fit_keras,
    fit_numpy,
    fit_sklearn,
    measure_way,
)
from edgebreed.train.dataset import LabelledArrays

pytestmark = pytest.mark.keras


def clouds(count: int, seed: int) -> LabelledArrays:
    """Three clouds of features that hardly overlap."""
    labels = np.arange(count, dtype=np.int64) % 3
    noise = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return LabelledArrays(noise + 6 * np.eye(3, 16, dtype=np.float32)[labels], labels)


SPLITS = {"train": clouds(240, 0), "valid": clouds(60, 1), "test": clouds(60, 2)}


@pytest.mark.long
@pytest.mark.parametrize(
    "fit", [fit_keras, fit_numpy, lambda train, classes, seed: fit_sklearn(train, classes, seed, 1e-2)]
)
def test_each_way_learns_what_is_easy(fit: FitHead) -> None:
    """On images that it did not learn, in cross-validation and of the test split."""
    found = measure_way(fit, SPLITS, 3, seed=0)
    assert found.test_right >= 58
    assert found.cross_validation_mistakes <= 6
    assert found.seconds > 0


def test_the_strength_is_one_of_those_tried() -> None:
    """The one that is best on validation images."""
    assert choose_strength(SPLITS["train"], SPLITS["valid"], 3) in STRENGTHS
