"""From logits to probabilities."""

import numpy as np
import pytest

from edgebreed.edge.task import Task
from edgebreed.train.activation import Activation


def test_classes_that_exclude_one_another_share_a_probability_of_one() -> None:
    """Softmax; labels of which an image may show several have a probability each."""
    logits = np.array([[0.0, 2.0]], np.float32)
    assert 1.0 == pytest.approx(Activation.of(Task.of("cup"))(logits).sum())
    several = Activation.of(Task.of("defect", multi_label=True))(logits)
    assert [0.5, 0.8808] == pytest.approx(several[0].tolist(), abs=1e-4)


def test_large_logits_are_certain() -> None:
    """And no overflow."""
    logits = np.array([[-200.0, 200.0]], np.float32)
    for activation in Activation:
        assert [0.0, 1.0] == activation(logits)[0].tolist()
