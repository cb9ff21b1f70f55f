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
