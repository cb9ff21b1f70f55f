"""Small tensors of an ONNX file."""

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.formats.onnx_tensors import MOST_VALUES, tensor_name, tensor_shape, tensor_values
from edgebreed.errors import ModelFileError


def read(tensor: TensorProto) -> NDArray[np.generic] | None:
    """The values of a tensor of the onnx package."""
    return tensor_values(memoryview(tensor.SerializeToString()))


@pytest.mark.parametrize("kind", ["f4", "f8", "f2", "i8", "i4", "i1", "u1", "?"])
def test_values_are_those_of_the_onnx_package(kind: str) -> None:
    """Whether it writes them as bytes or as numbers."""
    array = np.array([[1, 0, 1], [0, 1, 1]], kind)
    raw = numpy_helper.from_array(array, "w")
    assert (b"w", (2, 3)) == (tensor_name(data := memoryview(raw.SerializeToString())), tensor_shape(data))
    for tensor in (raw, helper.make_tensor("w", raw.data_type, [2, 3], array.ravel().tolist())):
        if kind != "f2" or tensor is raw:
            np.testing.assert_array_equal(array, read(tensor))


def test_negative_numbers_keep_their_sign() -> None:
    """They take ten bytes."""
    np.testing.assert_array_equal([-1, -(2**62)], read(helper.make_tensor("w", 7, [2], [-1, -(2**62)])))


@pytest.mark.parametrize(
    "tensor",
    [
        TensorProto(data_type=7, dims=[2], int64_data=[1]),
        TensorProto(data_type=7, dims=[-2], int64_data=[1]),
        TensorProto(data_type=8, dims=[1], string_data=[b"a"]),
        TensorProto(data_type=1, dims=[1], raw_data=b"123"),
        numpy_helper.from_array(np.zeros(MOST_VALUES + 1)),
    ],
)
def test_what_is_no_small_tensor_of_numbers_has_no_values(tensor: TensorProto) -> None:
    """Too few, of no such shape, texts, bytes that do not fit, or many."""
    assert None is read(tensor)


def test_more_sides_than_any_tensor_has_are_refused() -> None:
    """Their product would have millions of digits."""
    with pytest.raises(ModelFileError, match="a tensor of 65 sides, 64 are allowed: export it again"):
        read(TensorProto(data_type=1, dims=[2**62] * 65))
