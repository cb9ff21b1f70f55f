"""Adds operators to a TFLite model that was parsed into objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.tflite_flatbuffer import schema

BUILTIN, OPTIONS, TYPE = schema.BuiltinOperator, schema.BuiltinOptions, schema.TensorType
TYPES = {"float32": TYPE.FLOAT32, "uint8": TYPE.UINT8, "int8": TYPE.INT8, "int32": TYPE.INT32}
"""Types of tensors by their names in NumPy, as far as they are read or written here."""


@dataclass(frozen=True)
class TfliteStep:
    """An operator of a chain, which takes what the one before it gives.

    Attributes:
        kind: number of the operator in the schema.
        dtype: of its output, as NumPy calls it.
        sides: shape of its output, without the batch.
        constants: further inputs.
        options: an object of the schema; its class is named after the kind of options.
        version: of the operator.
        quantization: of its output; None where that is not quantized.
    """

    kind: int
    dtype: str
    sides: tuple[int, ...]
    constants: tuple[NDArray[Any], ...] = ()
    options: Any = None
    version: int = 1
    quantization: Any = None


def chain(model: Any, first: int, steps: Sequence[TfliteStep], last: int | None = None) -> list[Any]:
    """Makes operators of steps, one after another, with their tensors and constants.

    The operators still have to be put into the graph.

    Args:
        model: gets the tensors and the constants.
        first: index of the tensor that the first step takes.
        steps: one or more.
        last: index of the tensor that the last step writes; None makes a new one.
    """
    operators = []
    for number, step in enumerate(steps, 1):
        constants = [add_constant(model, values) for values in step.constants]
        is_last = number == len(steps) and last is not None
        output = last if is_last else add_tensor(model, step.dtype, step.sides, first, step.quantization)
        operators.append(_operator(model, step, [first, *constants], output))
        first = operators[-1].outputs[0]
    return operators


def add_tensor(
    model: Any, dtype: str, sides: Sequence[int], like: int, quantization: Any = None, name: str = ""
) -> int:
    """Adds a tensor whose batch is fixed or open as that of another one; returns its index."""
    tensors = model.subgraphs[0].tensors
    tensor = schema.TensorT()
    tensor.name = (name or f"edgebreed_{len(tensors)}").encode()
    tensor.type, tensor.quantization = TYPES[dtype], quantization
    tensor.shape = np.asarray([1, *sides], np.int32)
    if has_open_batch(tensors[like]):
        tensor.shapeSignature = np.asarray([-1, *sides], np.int32)
    tensors.append(tensor)
    return len(tensors) - 1


def has_open_batch(tensor: Any) -> bool:
    """Whether a tensor's first size is open."""
    signature = tensor.shapeSignature
    return signature is not None and len(signature) > 0 and int(signature[0]) < 0


def add_constant(model: Any, values: NDArray[Any]) -> int:
    """Adds a tensor whose values stand in the file; returns its index."""
    tensors = model.subgraphs[0].tensors
    tensor = schema.TensorT()
    tensor.name, tensor.type = f"edgebreed_{len(tensors)}".encode(), TYPES[str(values.dtype)]
    tensor.shape, tensor.buffer = np.asarray(values.shape, np.int32), len(model.buffers)
    model.buffers.append(schema.BufferT(np.frombuffer(values.tobytes(), np.uint8)))
    tensors.append(tensor)
    return len(tensors) - 1


def quantization_of(scale: float, zero_point: int) -> Any:
    """A tensor's quantization, as the schema has it."""
    made = schema.QuantizationParametersT()
    made.scale, made.zeroPoint = np.asarray([scale], np.float32), np.asarray([zero_point], np.int64)
    return made


def remove_unused(model: Any) -> None:
    """Removes operators from which no output is computed."""
    graph = model.subgraphs[0]
    needed, kept = set(map(int, graph.outputs)), []
    for operator in reversed(graph.operators):
        if needed.intersection(map(int, operator.outputs)):
            kept.append(operator)
            needed.update(map(int, operator.inputs))
    graph.operators = kept[::-1]


def _operator(model: Any, step: TfliteStep, inputs: list[int], output: int | None) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex = _code(model, step.kind, step.version)
    operator.inputs, operator.outputs = np.asarray(inputs, np.int32), np.asarray([output], np.int32)
    if step.options is not None:
        operator.builtinOptions = step.options
        operator.builtinOptionsType = getattr(OPTIONS, type(step.options).__name__.removesuffix("T"))
    return operator


def _code(model: Any, kind: int, version: int) -> int:
    """Index of an operator in the list of those that the model uses; old runtimes read the short number."""
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = kind, min(kind, 127), version
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1
