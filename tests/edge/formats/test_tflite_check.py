"""What a TFLite flatbuffer may hold before LiteRT sees it."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.errors import ModelFileError

from ...export.tflite_models import small_tflite
from .flatbuffers_made import flatbuffer, model, packed, reshape, tensor

Change = Callable[[Any], None]


def a_custom_operator(made: Any) -> None:
    """Which LiteRT does not have."""
    made.operatorCodes[0].builtinCode = schema.BuiltinOperator.CUSTOM
    made.operatorCodes[0].customCode = "Mine"


def weights_in_a_file(made: Any) -> None:
    """In a group of such, as newer files may hold."""
    group = schema.ExternalBufferGroupT()
    group.name = "weights.bin"
    made.externalBufferGroups = [group]


def of_tensor(**fields: Any) -> Change:
    """Sets fields of the first tensor."""
    return lambda made: vars(made.subgraphs[0].tensors[0]).update(fields)


def of_operator(**fields: Any) -> Change:
    """Sets fields of the operator."""
    return lambda made: vars(made.subgraphs[0].operators[0]).update(fields)


def of_graph(**fields: Any) -> Change:
    """Sets fields of the graph."""
    return lambda made: vars(made.subgraphs[0]).update(fields)


def an_operator(kind: int, inputs: int = 1) -> Change:
    """Makes the operator another, with so many inputs."""

    def change(made: Any) -> None:
        code = made.operatorCodes[0]
        code.builtinCode = code.deprecatedBuiltinCode = kind
        made.subgraphs[0].operators[0].inputs = [0] * inputs

    return change


def quantized_along(side: int) -> Any:
    """Quantization along a side."""
    made = schema.QuantizationParametersT()
    made.quantizedDimension = side
    return made


WRONGS: list[tuple[Change, str]] = [
    (a_custom_operator, "operator 32 is not built into LiteRT"),
    (lambda made: setattr(made.operatorCodes[0], "builtinCode", 5000), "operator 5000 is not built"),
    (weights_in_a_file, "weights in another file are refused"),
    (lambda made: setattr(made.buffers[0], "offset", 4096), "weights behind the model are refused"),
    (lambda made: made.subgraphs.append(made.subgraphs[0]), "2 graphs is refused, one is allowed"),
    (of_tensor(buffer=1), "index 1 in a TFLite file of 1 such"),
    (of_tensor(externalBuffer=1), "weights in another file are refused"),
    *[
        (
            of_tensor(type=kind),
            f"tensor of type {kind} is refused, 0, 1, 2, 3, 4, 6, 7, 9, 15, 17 are allowed",
        )
        for kind in (5, 8, 11, 13, 14, 22, 99)  # STRING, COMPLEX, RESOURCE, VARIANT, FLOAT8, none
    ],
    (of_tensor(shape=[1, -8, 8, 3]), "tensor of shape .* is refused"),
    (of_tensor(shape=[2**20, 2**20, 2**20, 3]), "tensor of shape .* is refused"),
    (of_tensor(shape=[3, 1000, 64, 1000]), "tensor of over 67,108,864 computed numbers is refused"),
    (of_tensor(shapeSignature=[-1]), "tensor of shape .* is refused"),
    (of_tensor(quantization=quantized_along(4)), "4 sides is quantized along another"),
    (of_operator(opcodeIndex=1), "index 1 in a TFLite file of 1 such"),
    (of_operator(inputs=[2]), "index 2 in a TFLite file of 2 such"),
    (of_operator(inputs=[-2]), "index -2 in a TFLite file of 2 such"),
    (of_operator(outputs=[-1]), "index -1 in a TFLite file of 2 such"),
    (of_operator(intermediates=[7]), "index 7 in a TFLite file of 2 such"),
    (of_operator(customOptions=np.array([1], np.uint8)), "options of an own operator are refused"),
    (of_operator(inputs=[-1]), "operator 22 with inputs .-1,. and outputs .1,."),
    (of_operator(outputs=[]), "operator 22 with inputs .0,. and outputs .."),
    (an_operator(schema.BuiltinOperator.SPLIT, inputs=2), "operator 49 with inputs .0, 0."),
    (an_operator(schema.BuiltinOperator.STRIDED_SLICE), "operator 45 with inputs .0,."),
    (of_operator(inputs=[0, 0, -1]), "operator 22 with inputs .0, 0, -1."),
    (an_operator(schema.BuiltinOperator.WHILE), "operator 119 is none of an image classifier"),
    (of_operator(inputs=[1], outputs=[0]), "operators .* in another order than they compute"),
    (of_operator(outputs=[1, 1]), "operators .* in another order than they compute"),
    (of_graph(operators=[]), "an output of a TFLite file that nothing computes"),
    (lambda made: made.subgraphs[0].operators.append(reshape()), "operators .* in another order"),
    (of_graph(inputs=[5]), "index 5 in a TFLite file of 2 such"),
    (of_graph(outputs=[-1]), "index -1 in a TFLite file of 2 such"),
    (lambda made: setattr(made, "metadataBuffer", [3]), "index 3 in a TFLite file of 1 such"),
]


@pytest.mark.parametrize(("change", "message"), WRONGS, ids=[message for _, message in WRONGS])
def test_what_leads_astray_is_refused(change: Change, message: str) -> None:
    """LiteRT would end the process, or read what is not the model's."""
    made = model()
    check_tflite(packed(made))
    change(made)
    with pytest.raises(ModelFileError, match=f"{message}.*: export it with `edgebreed export`"):
        check_tflite(packed(made))


def test_a_tensor_that_is_used_nowhere_is_looked_at_too() -> None:
    """LiteRT takes memory for each."""
    made = model()
    made.subgraphs[0].tensors.append(tensor("third"))
    made.subgraphs[0].tensors[2].buffer = 9
    with pytest.raises(ModelFileError, match="index 9"):
        check_tflite(packed(made))


@pytest.mark.keras
def test_what_export_writes_passes() -> None:
    """Convolutions, a mean and a softmax."""
    check_tflite(small_tflite())


def test_damaged_bytes_are_the_files_fault() -> None:
    """Every place, in thousands of ways: refused by one error, or sound to the table's reader."""
    original, rng = flatbuffer(), random.Random(3)
    refused = 0
    for _ in range(5000):
        data = bytearray(original)
        at = rng.randrange(len(data))
        data[at : at + rng.choice((1, 4))] = rng.randbytes(rng.choice((1, 4)))
        try:
            check_tflite(bytes(data))
        except ModelFileError:
            refused += 1
    assert 2000 < refused < 5000


def test_cut_off_anywhere_it_is_refused() -> None:
    """Each offset is followed before it is used."""
    original = flatbuffer()
    for length in range(len(original) - 8):
        with pytest.raises(ModelFileError):
            check_tflite(original[:length])
