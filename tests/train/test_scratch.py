"""A small CNN from random weights."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.prepare import prepare
from edgebreed.train.run_record import CHECKPOINT
from edgebreed.train.scratch import build_scratch, fit_scratch

pytestmark = pytest.mark.keras


def test_the_network_gives_logits_of_any_size_of_input() -> None:
    """Its last layers are the features and the logits."""
    network = build_scratch(InputSpec(32, 48), classes=5)
    assert (2, 5) == network.predict(np.zeros((2, 32, 48, 3), np.uint8), verbose=0).shape
    assert "logits" == network.layers[-1].name
    assert 512 == network.get_layer("features").output.shape[-1]


def test_a_fit_keeps_its_checkpoint_until_the_run_is_written(small_data: Path, tmp_path: Path) -> None:
    """If the process is killed in between, the fit can still be resumed."""
    config = TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, small_data, epochs=1, size=32)
    fitted = fit_scratch(config, prepare(config))
    assert (False, None) == (fitted.interrupted, fitted.rejection.threshold)
    assert "a network from scratch has no features" in fitted.rejection.reason
    assert np.allclose(1, fitted.test.probabilities.sum(axis=1), atol=1e-5)
    assert (tmp_path / CHECKPOINT).is_file()
