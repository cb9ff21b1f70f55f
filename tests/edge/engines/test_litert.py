"""Outputs of TFLite files."""

import numpy as np

from edgebreed.edge.engines.litert import dequantized


def test_integers_become_real_values() -> None:
    """By scale and zero point; 255 does not wrap around."""
    values = dequantized(np.array([[0, 128, 255]], np.uint8), {"quantization": (1 / 256, 0)})
    np.testing.assert_allclose([[0.0, 0.5, 255 / 256]], values)
    values = dequantized(np.array([[-128, 127]], np.int8), {"quantization": (0.5, -128)})
    np.testing.assert_allclose([[0.0, 127.5]], values)


def test_floats_stay() -> None:
    """Whatever the file says of their scale."""
    values = np.array([[0.25, 0.75]], np.float32)
    np.testing.assert_array_equal(values, dequantized(values, {"quantization": (0.0, 0)}))
