"""Small TFLite flatbuffers, made object by object."""

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.errors import ModelFileError

SHAPE = [1, 8, 8, 3]


def model() -> Any:
    """A model that hands its input on, by a RESHAPE to the shape that it has."""
    made = schema.ModelT()
    made.version, made.buffers, made.description = 3, [schema.BufferT()], "made"
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.RESHAPE
    graph = schema.SubGraphT()
    graph.tensors, graph.inputs, graph.outputs = [tensor("image"), tensor("same")], [0], [1]
    graph.operators = [reshape()]
    made.operatorCodes, made.subgraphs = [code], [graph]
    return made


def tensor(name: str) -> Any:
    """A tensor of `SHAPE` whose first size is open."""
    made = schema.TensorT()
    made.name, made.shape, made.shapeSignature = name, SHAPE, [-1, *SHAPE[1:]]
    made.type, made.quantization = schema.TensorType.UINT8, schema.QuantizationParametersT()
    return made


def reshape() -> Any:
    """The operator, with the new shape among its options."""
    options = schema.ReshapeOptionsT()
    options.newShape = SHAPE
    made = schema.OperatorT()
    made.inputs, made.outputs, made.builtinOptions = [0], [1], options
    made.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
    return made


def weight(made: Any, values: Any) -> int:
    """Adds a tensor whose values, int32, are in the file; returns its place."""
    array, buffer = np.asarray(values, np.int32), schema.BufferT()
    buffer.data = array.ravel().view(np.uint8)
    made.buffers.append(buffer)
    place = place_of(made, schema.TensorType.INT32, list(array.shape))
    made.subgraphs[0].tensors[place].buffer = len(made.buffers) - 1
    return place


def operator(
    made: Any, kind: int, *inputs: int, dtype: int = schema.TensorType.INT32, shape: Sequence[int] = (1,)
) -> int:
    """Adds an operator, with a new tensor for its output; returns that one's place."""
    code, added = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode, code.deprecatedBuiltinCode = kind, min(kind, 127)
    made.operatorCodes.append(code)
    output = place_of(made, dtype, list(shape))
    added.opcodeIndex, added.inputs, added.outputs = len(made.operatorCodes) - 1, list(inputs), [output]
    made.subgraphs[0].operators.append(added)
    return output


def place_of(made: Any, dtype: int, shape: list[int]) -> int:
    """Adds a tensor; returns its place."""
    added = schema.TensorT()
    added.type, added.shape = dtype, shape
    made.subgraphs[0].tensors.append(added)
    return len(made.subgraphs[0].tensors) - 1


def packed(made: Any) -> bytes:
    """The bytes of a model."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(made.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def flatbuffer() -> bytes:
    """The bytes of `model`."""
    return packed(model())


def refusal(made: Any) -> str:
    """Why a model is refused; empty where it is not."""
    try:
        check_tflite(packed(made))
    except ModelFileError as error:
        return str(error)
    return ""
