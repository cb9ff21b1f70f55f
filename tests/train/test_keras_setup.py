"""Keras's half precision, on a CPU: it computes the same there, slowly."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train import keras_setup
from edgebreed.train.feature_extractor import KerasFeatureExtractor, build_extractor
from edgebreed.train.keras_setup import half_precision, half_precision_on_gpu, keras

pytestmark = pytest.mark.keras

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)


def mobilenet(folder: Path) -> KerasFeatureExtractor:
    """The same small extractor every time."""
    weights = folder / "m.weights.h5"
    if not weights.is_file():
        network = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3))
        network.save_weights(weights)
    return build_extractor("MobileNet", InputSpec(32, 32), weights)


def test_half_precision_ends_with_its_block(tmp_path: Path) -> None:
    """The model that is written computes in float32 again, and its weights always were."""
    exact = mobilenet(tmp_path).features(IMAGES)
    changed = mobilenet(tmp_path)
    with half_precision(changed.model):
        layer = changed.network.get_layer("conv1")
        assert ("float16", "float32") == (layer.compute_dtype, layer.variable_dtype)
        rough = changed.features(IMAGES)
    assert "float32" == changed.network.get_layer("conv1").compute_dtype
    assert 0 < np.abs(rough - exact).max() < 1e-2
    assert np.allclose(exact, changed.model(IMAGES), atol=1e-6)


@pytest.mark.long
def test_a_network_learns_in_half_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small gradients survive float16, as the loss is scaled."""
    monkeypatch.setattr(keras_setup, "has_gpu", lambda: True)
    extractor = mobilenet(tmp_path)
    extractor.network.trainable = True
    model = extractor.model
    before = [np.array(weight) for weight in model.get_weights()]
    with half_precision_on_gpu(model):
        model.compile("sgd", "mse")
        model.fit(IMAGES, np.ones((3, 1024), np.float32), epochs=2, verbose=0)
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    after = model.get_weights()
    assert any(not np.array_equal(old, new) for old, new in zip(before, after, strict=True))
    assert all(np.isfinite(weight).all() for weight in after)


def test_a_cpu_keeps_its_precision(tmp_path: Path) -> None:
    """It would gain nothing."""
    model = mobilenet(tmp_path).model
    with half_precision_on_gpu(model):
        assert "float32" == model.compute_dtype
