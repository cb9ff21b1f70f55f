"""Half precision, on a processor: it computes the same there, slowly."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train import assemble, fast_base, precision
from edgebreed.train.base import KerasBase, build_base
from edgebreed.train.fast_base import FastBase
from edgebreed.train.keras_setup import keras
from edgebreed.train.precision import half_precision


def base(folder: Path) -> KerasBase:
    """The same small base every time."""
    weights = folder / "m.weights.h5"
    if not weights.is_file():
        network = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3))
        network.save_weights(weights)
    return build_base("MobileNet", InputSpec(32, 32), weights)


PHOTOS = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)


@pytest.fixture
def with_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a machine with a GPU has it."""
    for module in (assemble, fast_base, precision):
        monkeypatch.setattr(module, "has_gpu", lambda: True)


def test_it_holds_within_alone(tmp_path: Path) -> None:
    """The model that is written computes in float32 again, and its weights always were."""
    exact = base(tmp_path).features(PHOTOS)
    changed = base(tmp_path)
    with half_precision(changed.model):
        layer = changed.network.get_layer("conv1")
        assert ("float16", "float32") == (layer.compute_dtype, layer.variable_dtype)
        rough = changed.features(PHOTOS)
    assert "float32" == changed.network.get_layer("conv1").compute_dtype
    assert 0 < np.abs(rough - exact).max() < 1e-2
    assert np.allclose(exact, changed.model(PHOTOS), atol=1e-6)


@pytest.mark.usefixtures("with_gpu")
def test_a_gpu_computes_features_in_it(tmp_path: Path) -> None:
    """In batches of one size, and under a key of their own."""
    plain = base(tmp_path)
    exact = plain.features(PHOTOS)
    fast = FastBase(base(tmp_path))
    assert fast.batch > len(PHOTOS)
    rough = fast.features(PHOTOS)
    assert exact.shape == rough.shape
    assert 0 < np.abs(rough - exact).max() < 1e-2
    assert f"{plain.key}-half" == fast.key


@pytest.mark.usefixtures("with_gpu")
def test_a_network_learns_in_it(tmp_path: Path) -> None:
    """Small gradients survive float16, as the loss is scaled."""
    tuned = base(tmp_path)
    tuned.network.trainable = True
    model = tuned.model
    before = [np.array(weight) for weight in model.get_weights()]
    with precision.half_precision_on_gpu(model):
        model.compile("sgd", "mse")
        model.fit(PHOTOS, np.ones((3, 1024), np.float32), epochs=2, verbose=0)
    assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    after = model.get_weights()
    assert any(not np.array_equal(old, new) for old, new in zip(before, after, strict=True))
    assert all(np.isfinite(weight).all() for weight in after)
