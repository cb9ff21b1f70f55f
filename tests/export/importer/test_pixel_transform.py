"""What a program does to the pixels of a resized photo."""

import numpy as np
import pytest
from PIL import Image

from edgebreed.export.importer.onnx_rewrite import with_image_input, with_probabilities
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind, PixelTransform

from .test_onnx_rewrite import PHOTO, foreign, run

SCALINGS = (
    (1.0, (0.0,), (1.0,)),
    (1 / 255, (0.0,), (1.0,)),
    (1 / 127.5, (1.0,), (1.0,)),
    (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("channels", Channels)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_pixels_are_those_of_the_rewritten_graph(
    layout: Layout, channels: Channels, scaling: tuple[float, tuple[float, ...], tuple[float, ...]]
) -> None:
    """A search computes them here, and the exported file there."""
    scale, mean, std = scaling
    transform = PixelTransform(layout, channels, scale, mean[: channels.depth], std[: channels.depth])
    model = foreign(layout, channels.depth)
    with_image_input(model, "data", transform, (4, 6))
    with_probabilities(model, "scores", OutputKind.PROBABILITIES, 24 * channels.depth)
    found = transform.apply(PHOTO)
    assert np.float32 == found.dtype
    assert np.array_equal(run(model).reshape(found.shape), found)


def test_grey_is_pillows() -> None:
    """Of every combination of 17 levels, to the last bit."""
    levels = np.linspace(0, 255, 17, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, 17, 289, 3)
    found = PixelTransform(Layout.NHWC, Channels.GRAY, 1.0).apply(colours)
    assert np.array_equal(np.asarray(Image.fromarray(colours[0]).convert("L")), found[0, ..., 0])


def test_only_grey_levels_as_they_are_are_the_identity() -> None:
    """Scalings that cancel each other out are too."""
    assert PixelTransform(scale=1.0).is_identity
    assert PixelTransform(scale=1 / 255, std=(1 / 255,)).is_identity
    assert not PixelTransform(scale=1.0, mean=(0.0, 0.0, 1.0)).is_identity
    assert not PixelTransform().is_identity


def test_scaling_comes_before_the_mean_and_the_deviation() -> None:
    """`(x * scale - mean) / std`, each channel by its own numbers, in the order of the channels."""
    transform = PixelTransform(Layout.NHWC, Channels.BGR, 0.5, (1.0, 2.0, 3.0), (1.0, 2.0, 4.0))
    found = transform.apply(np.array([[[[10, 20, 30]]]], np.uint8))
    assert [[14.0, 4.0, 0.5]] == found[0, 0].tolist()
