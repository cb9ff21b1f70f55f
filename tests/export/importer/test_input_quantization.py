"""Quantized inputs, and grey levels in them."""

import numpy as np
import pytest

from edgebreed.export.importer.input_quantization import InputQuantization
from edgebreed.export.importer.pixel_transform import Layout, PixelTransform

HALVES = PixelTransform(Layout.NHWC, scale=1 / 127.5, mean=(1.0,))


@pytest.mark.parametrize(
    ("quantization", "transform", "expected"),
    [
        (InputQuantization("uint8", 1 / 128, 128), HALVES, True),
        (InputQuantization("int8", 1 / 128, 0), HALVES, True),
        (InputQuantization("int8", 2 / 255, -1), HALVES, True),
        (InputQuantization("uint8", 1 / 255, 0), PixelTransform(Layout.NHWC), True),
        (InputQuantization("uint8", 0.0125, 131), PixelTransform(Layout.NHWC, scale=1.0), True),
        (InputQuantization("uint8", 0.0125, 131), HALVES, False),
        (InputQuantization("uint8", 1 / 128, 128), PixelTransform(Layout.NHWC), False),
        (InputQuantization("uint8", 1 / 128, 128), PixelTransform(std=(0.5, 0.5, 0.6), mean=(0.5,)), False),
    ],
)
def test_bytes_are_taken_where_they_mean_what_the_transform_gives(
    quantization: InputQuantization, transform: PixelTransform, expected: bool
) -> None:
    """To within one level, for all channels."""
    assert expected is quantization.takes_bytes(transform)


@pytest.mark.parametrize(("dtype", "zero", "limits"), [("uint8", 100, (0, 255)), ("int8", -28, (-128, 127))])
def test_real_values_become_the_nearest_number(dtype: str, zero: int, limits: tuple[int, int]) -> None:
    """Those beyond what the input can hold become its last one."""
    values = np.array([-1000, -0.26, 0, 0.74, 1000], np.float32)
    found = InputQuantization(dtype, 0.5, zero).quantized(values)
    assert [limits[0], zero - 1, zero, zero + 1, limits[1]] == found.tolist()
    assert dtype == found.dtype
