"""Resizing as OpenCV and Pillow compute it."""

import numpy as np
import PIL
import pytest
from PIL import Image

from edgebreed.edge.resampling import Interpolation, pillow_weights, resample

PILLOW = {
    Interpolation.PIL_NEAREST: Image.Resampling.NEAREST,
    Interpolation.PIL_BOX: Image.Resampling.BOX,
    Interpolation.PIL_BILINEAR: Image.Resampling.BILINEAR,
    Interpolation.PIL_BICUBIC: Image.Resampling.BICUBIC,
    Interpolation.PIL_LANCZOS: Image.Resampling.LANCZOS,
}
ROWS_FIRST = pytest.mark.skipif(
    int(PIL.__version__.split(".")[0]) < 13, reason="Pillow 13 begins with the rows"
)
SIZES = [
    *((64, 48), (23, 211), (301, 299), (120, 90), (97, 44)),
    *(pytest.param(size, marks=ROWS_FIRST) for size in ((100, 20), (150, 40), (98, 45))),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("interpolation", PILLOW)
def test_pixels_are_pillows(interpolation: Interpolation, size: tuple[int, int]) -> None:
    """To the last bit: smaller, larger, one side alone, rows first; noise is the hardest picture."""
    frame = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    expected = np.asarray(Image.fromarray(frame).resize(size, PILLOW[interpolation]))
    assert np.array_equal(expected, resample(frame, *size, interpolation))


@pytest.mark.parametrize("interpolation", Interpolation)
def test_the_size_is_what_was_asked_for(interpolation: Interpolation) -> None:
    """Also into a part of another picture."""
    frame = np.random.default_rng(0).integers(0, 256, (30, 50, 3), np.uint8)
    canvas = np.zeros((40, 40, 3), np.uint8)
    found = resample(frame, 20, 10, interpolation, canvas[5:15, 10:30])
    assert (10, 20, 3) == found.shape
    assert np.array_equal(found, canvas[5:15, 10:30])
    assert np.array_equal(found, resample(frame, 20, 10, interpolation))


def test_interpolations_differ_from_one_another() -> None:
    """Each is one of its own where a noisy photo shrinks to less than half."""
    frame = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    results = {each: resample(frame, 50, 35, each).tobytes() for each in Interpolation}
    assert results[Interpolation.AUTO] == results[Interpolation.CV2_AREA]
    assert len(Interpolation) - 1 == len(set(results.values()))


def test_weights_sum_to_one() -> None:
    """So that a plain picture keeps its grey."""
    weights = pillow_weights(100, 33, Interpolation.PIL_LANCZOS)
    assert (33, 100) == weights.shape
    assert np.allclose(1 << 22, weights.sum(axis=1), atol=50)
