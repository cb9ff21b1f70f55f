"""Tensors hold as many values as their shape says."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.formats.onnx_weights import BITS, check_weights
from edgebreed.errors import ModelFileError

NUMBERS = [kind for kind in TensorProto.DataType.values() if kind in BITS]


def check(tensor: TensorProto) -> None:
    """Checks a tensor's message."""
    check_weights(memoryview(tensor.SerializeToString()))


def test_every_type_of_onnx_has_its_size() -> None:
    """All but strings, floats of 6 bits, and the type that says nothing."""
    left_out = ("UNDEFINED", "STRING", "FLOAT6E2M3", "FLOAT6E3M2")
    sized = {kind for name, kind in TensorProto.DataType.items() if name not in left_out}
    assert sized == set(NUMBERS)


@pytest.mark.parametrize("kind", NUMBERS, ids=TensorProto.DataType.Name)
@pytest.mark.parametrize("shape", [(5,), (2, 4), (0,), ()])
def test_tensors_as_onnx_writes_them_pass(kind: int, shape: tuple[int, ...]) -> None:
    """As lists of numbers, and as bytes."""
    values = np.ones(shape)
    check(helper.make_tensor("w", kind, shape, values.ravel().tolist()))
    check(numpy_helper.from_array(values.astype(helper.tensor_dtype_to_np_dtype(kind)), "w"))


def test_texts_are_counted() -> None:
    """Each is a field of its own."""
    check(TensorProto(data_type=TensorProto.STRING, dims=[2], string_data=[b"a", b"b"]))


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (TensorProto(data_type=1, dims=[3, 3], raw_data=b"\0" * 32), "of 32 bytes where its shape has 36"),
        (TensorProto(data_type=1, dims=[3], raw_data=b"\0" * 16), "of 16 bytes where its shape has 12"),
        (TensorProto(data_type=1, dims=[3], float_data=[0, 0]), "of 2 values where its shape has 3"),
        (TensorProto(data_type=7, dims=[2], int64_data=[-1]), "of 1 values where its shape has 2"),
        (TensorProto(data_type=8, dims=[2], string_data=[b"a"]), "of 1 values where its shape has 2"),
        (TensorProto(data_type=14, dims=[2], float_data=[0, 0]), "of 2 values where its shape has 4"),
        (TensorProto(data_type=1, dims=[-1, -1], float_data=[0]), "with a side of -1"),
        (
            TensorProto(data_type=1, dims=[2**31, 2**31]),
            "of 0 values where its shape has 4,611,686,018,427,387,904",
        ),
        (TensorProto(data_type=99, dims=[2], raw_data=b"\0" * 8), "of 8 bytes where its shape has 0"),
        (TensorProto(data_type=1, dims=[1]), "of 0 values where its shape has 1"),
    ],
)
def test_other_numbers_of_values_are_refused(tensor: TensorProto, reason: str) -> None:
    """In bytes or in a list, fewer or more."""
    with pytest.raises(ModelFileError, match=f"a tensor {reason}: the file is damaged, export it again"):
        check(tensor)
