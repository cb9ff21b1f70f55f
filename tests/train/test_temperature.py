"""Temperature scaling."""

import numpy as np
import pytest

from edgebreed.train.classification_metrics import softmax
from edgebreed.train.temperature import fit_temperature


def test_the_temperature_undoes_overconfidence() -> None:
    """Labels drawn from the true probabilities give back the factor that the logits were multiplied by."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (4000, 5)).astype(np.float32)
    labels = np.array([generator.choice(5, p=row / row.sum()) for row in softmax(logits).astype(float)])
    assert 3.0 == pytest.approx(fit_temperature(3 * logits, labels), rel=0.1)


def test_the_temperature_of_labels_is_that_which_their_logits_were_multiplied_by() -> None:
    """Each label is a question of its own; labels that were drawn by the probabilities are calibrated."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 3)).astype(np.float32)
    targets = (rng.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    assert 1.0 == pytest.approx(fit_temperature(logits, targets), abs=0.05)
    assert 3.0 == pytest.approx(fit_temperature(3 * logits, targets), abs=0.15)


def test_labels_without_a_mistake_do_not_become_certain() -> None:
    """Their temperature stays above the smallest that is tried."""
    targets = np.eye(3, dtype=np.int64)
    assert fit_temperature((8 * targets - 4).astype(np.float32), targets) > 0.1
