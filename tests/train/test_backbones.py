"""Backbones by name."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.train.backbones import build_network, canonical, names, scaling
from edgebreed.train.base import build_base
from edgebreed.train.keras_setup import keras

pytestmark = pytest.mark.keras


def test_a_name_is_found_in_any_case() -> None:
    """And an unknown one is refused with all there are."""
    assert "MobileNetV2" == canonical("mobilenetv2")
    with pytest.raises(InputError, match=r"no backbone 'yolo': choose one of .*Xception"):
        canonical("yolo")


@pytest.mark.parametrize(
    "name", ["Xception", "ResNet50", "DenseNet121", "EfficientNetV2B0", "MobileNetV3Small"]
)
def test_scaling_is_what_keras_does(name: str) -> None:
    """For each family of weights, read off Keras's own function."""
    factors, offsets, reverses = scaling(name)
    pixel = np.array([10.0, 120.0, 250.0], np.float32)
    ours = (pixel[::-1] if reverses else pixel) * factors + offsets
    families = {
        "Xception": pixel / 127.5 - 1,
        "ResNet50": pixel[::-1] - [103.939, 116.779, 123.68],
        "DenseNet121": (pixel / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
    }
    assert np.allclose(families.get(name, pixel), ours, atol=1e-4)


def test_a_base_scales_before_its_network(tmp_path: Path) -> None:
    """The oldest weights take BGR: a base on them answers as network and `preprocess_input` do apart."""
    weights = tmp_path / "r.weights.h5"
    keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3)).save_weights(
        weights
    )
    base = build_base("ResNet50", InputSpec(32, 32), weights)
    photos = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    scaled = keras.applications.resnet50.preprocess_input(photos.astype(np.float32))
    expected = np.asarray(base.network(scaled, training=False)).mean(axis=(1, 2))
    assert np.allclose(expected, base.features(photos), atol=1e-3, rtol=1e-3)


def test_maxima_of_earlier_maps_join_the_averages_of_xception(tmp_path: Path) -> None:
    """And the key says so, for features that were kept before they did."""
    weights = tmp_path / "x.weights.h5"
    network = keras.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
    network.save_weights(weights)
    base = build_base("Xception", InputSpec(71, 71), weights)
    photos = np.random.default_rng(0).integers(0, 256, (2, 71, 71, 3), np.uint8)
    last, earlier = (np.asarray(maps) for maps in base.network(photos / 127.5 - 1, training=False))
    expected = np.concatenate([last.mean(axis=(1, 2)), earlier.max(axis=(1, 2))], axis=1)
    assert np.allclose(expected, base.features(photos), atol=1e-4)
    assert base.key.startswith("xception-max-")


def test_all_names_have_a_scaling() -> None:
    """No backbone is offered that could not be fed."""
    assert all(len(scaling(name)[0]) == 3 for name in names())


@pytest.mark.parametrize("given", [True, False])
def test_an_input_too_small_is_refused(given: bool, tmp_path: Path) -> None:
    """With the size that came, and before any download."""
    (tmp_path / "w.h5").touch()
    with pytest.raises(InputError, match="--size 64 does not fit Xception"):
        build_network("Xception", InputSpec(64, 64), tmp_path / "w.h5" if given else None)


def test_weights_that_are_not_there_are_named() -> None:
    """And so is what to do."""
    with pytest.raises(InputError, match="no weights file gone.h5: pass --weights"):
        build_network("Xception", InputSpec(71, 71), Path("gone.h5"))
