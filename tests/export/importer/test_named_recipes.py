"""Preprocessing that has a name."""

import numpy as np
import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.named_recipes import NAMED
from edgebreed.export.importer.pixel_transform import Layout, PixelTransform

PIXELS = np.random.default_rng(0).integers(0, 256, (1, 2, 3, 3), np.uint8)  # RGB


@pytest.mark.keras
@pytest.mark.parametrize("mode", ["tf", "caffe", "torch"])
def test_keras_computes_the_same(mode: str) -> None:
    """In each of its modes."""
    from edgebreed.train.keras_setup import keras

    recipe = NAMED[f"keras-{mode}"]
    assert recipe.channels is not None
    transform = PixelTransform(
        Layout.NHWC, recipe.channels, recipe.scale or 0.0, recipe.mean or (), recipe.std or ()
    )
    expected = keras.applications.imagenet_utils.preprocess_input(PIXELS.astype("float32"), mode=mode)
    np.testing.assert_allclose(transform.apply(PIXELS), expected, atol=2e-5)


def test_keras_says_nothing_of_geometry() -> None:
    """As its `preprocess_input` takes an image that is resized."""
    for mode in ("tf", "caffe", "torch"):
        assert {"channels", "scale", "mean", "std"} == NAMED[f"keras-{mode}"].stated().keys()


@pytest.mark.parametrize(
    ("name", "resize_to", "interpolation"),
    [
        ("torchvision", 256, Interpolation.PIL_BILINEAR),
        ("torchvision-v2", 232, Interpolation.PIL_BILINEAR),
        ("paddle", 256, Interpolation.CV2_LINEAR),
    ],
)
def test_imagenets_classic(name: str, resize_to: int, interpolation: Interpolation) -> None:
    """The shorter side, then 224 x 224 px from the middle."""
    recipe = NAMED[name]
    assert (ResizeRule.SHORTER_SIDE, (224, 224)) == (recipe.resize, recipe.size)
    assert (resize_to, interpolation) == (recipe.resize_to, recipe.interpolation)
