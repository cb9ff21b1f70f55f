"""A backbone pooled to features."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule
from edgebreed.train.feature_extractor import build_extractor
from edgebreed.train.keras_setup import keras

pytestmark = pytest.mark.keras


def test_the_input_is_scaled_as_the_weights_need_it(tmp_path: Path) -> None:
    """The oldest weights take BGR: the features are those of `preprocess_input` and the network."""
    weights = tmp_path / "r.weights.h5"
    keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3)).save_weights(
        weights
    )
    extractor = build_extractor("ResNet50", InputSpec(32, 32), weights)
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    scaled = keras.applications.resnet50.preprocess_input(images.astype(np.float32))
    expected = np.asarray(extractor.network(scaled, training=False)).mean(axis=(1, 2))
    assert np.allclose(expected, extractor.features(images), atol=1e-3, rtol=1e-3)


def test_features_of_xception_are_averages_and_maxima(tmp_path: Path) -> None:
    """The key says so, so that features of averages alone are not taken from the cache."""
    weights = tmp_path / "x.weights.h5"
    network = keras.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3))
    network.save_weights(weights)
    extractor = build_extractor("Xception", InputSpec(71, 71), weights)
    images = np.random.default_rng(0).integers(0, 256, (2, 71, 71, 3), np.uint8)
    last, earlier = (np.asarray(maps) for maps in extractor.network(images / 127.5 - 1, training=False))
    expected = np.concatenate([last.mean(axis=(1, 2)), earlier.max(axis=(1, 2))], axis=1)
    assert np.allclose(expected, extractor.features(images), atol=1e-4)
    assert extractor.key.startswith("xception-max-")


def test_features_of_another_input_are_not_taken_from_the_cache(tmp_path: Path) -> None:
    """Size, resize rule and decode rule are part of the key, which stays what it was without the latter."""
    weights = tmp_path / "m.weights.h5"
    network = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3))
    network.save_weights(weights)
    spec = InputSpec(32, 32)
    letterbox = replace(spec, resize=ResizeRule.LETTERBOX)
    others = (InputSpec(32, 33), letterbox, replace(spec, decode=DecodeRule.REDUCED))
    keys = [build_extractor("MobileNetV2", one, weights).key for one in (spec, *others)]
    assert keys[0].endswith("-32x32-squash")
    assert 4 == len(set(keys))
