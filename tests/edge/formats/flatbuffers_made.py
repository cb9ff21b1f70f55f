"""Small TFLite flatbuffers, made object by object."""

from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

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


def packed(made: Any) -> bytes:
    """The bytes of a model."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(made.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def flatbuffer() -> bytes:
    """The bytes of `model`."""
    return packed(model())
