"""TensorFlow functions in Keras 2 models."""

from typing import Any

import numpy as np
import pytest

from edgebreed.errors import ModelFileError

pytestmark = pytest.mark.keras

VALUES = np.array([[[[1.0, -2.0, 9.0]]]], np.float32)
REVERSED = [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("math.truediv", {"y": 2.0, "name": None}, VALUES / 2),
        ("math.subtract", {"y": 1.0}, VALUES - 1),
        ("__operators__.add", {"y": 1.0}, VALUES + 1),
        ("nn.bias_add", {"bias": [1.0, 2.0, 3.0], "data_format": "NHWC"}, VALUES + np.arange(1, 4)),
        ("__operators__.getitem", {"slice_spec": REVERSED}, VALUES[..., ::-1]),
        ("__operators__.getitem", {"slice_spec": [0]}, VALUES[0]),
        ("nn.relu6", {}, [[[[1, 0, 6]]]]),
        ("math.reduce_mean", {"axis": [1, 2], "keepdims": False}, VALUES[:, 0, 0]),
        ("cast", {"dtype": "int32"}, [[[[1, -2, 9]]]]),
    ],
)
def test_a_function_computes_what_tensorflow_does(function: str, arguments: Any, expected: Any) -> None:
    """With arguments as a file has them."""
    from edgebreed.export.importer.keras2_operations import Keras2Operation

    found = Keras2Operation(function)(VALUES, **arguments)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected))


def test_several_tensors_are_operands() -> None:
    """In their order."""
    from edgebreed.export.importer.keras2_operations import Keras2Operation

    np.testing.assert_allclose(
        np.asarray(Keras2Operation("math.subtract")([VALUES, VALUES * 3])), -2 * VALUES
    )


def test_other_functions_are_refused() -> None:
    """Whatever they would do."""
    from edgebreed.export.importer.keras2_operations import Keras2Operation

    with pytest.raises(ModelFileError, match=r"the layer read calls tf.io.read_file, which .*: convert the"):
        Keras2Operation("io.read_file", name="read")
