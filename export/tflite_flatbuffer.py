"""Reads a TFLite flatbuffer into objects and writes them back to bytes.

The schema is https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs; its
classes come with LiteRT.
"""

from typing import Any

import numpy as np

from edgebreed.errors import MissingExtraError, ProofError

try:
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
except ImportError as error:
    raise MissingExtraError("TFLite export (LiteRT)", "export") from error

__all__ = [
    "ALIGNMENT",
    "IDENTIFIER",
    "NAMES",
    "flatbuffers",
    "only_consumer",
    "operator_name",
    "parse",
    "require_builtin",
    "schema",
    "serialized",
]

IDENTIFIER = b"TFL3"
ALIGNMENT = 16  # bytes; the schema's `force_align` of weights, which generated Python code leaves out
NAMES = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}


class _Weights(schema.BufferT):  # type: ignore[misc]  # the base is untyped
    """A buffer whose bytes start at a multiple of `ALIGNMENT`."""

    def Pack(self, builder: Any) -> int:  # noqa: N802  (the generated code's name)
        data = np.asarray(self.data, np.uint8)
        builder.StartVector(1, len(data), ALIGNMENT)
        builder.head -= len(data)
        builder.Bytes[builder.head : builder.head + len(data)] = data.tobytes()
        vector = builder.EndVector()
        schema.BufferStart(builder)
        schema.BufferAddData(builder, vector)
        return int(schema.BufferEnd(builder))


def parse(data: bytes) -> Any:
    """The model as an object tree (`ModelT`) that holds all weights.

    Large files keep weights behind the flatbuffer, at offsets in it; anything else behind it is dropped.
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    for buffer in model.buffers:
        if buffer.offset > 1:  # 0 and 1 mean that the weights are in the flatbuffer
            buffer.data = np.frombuffer(data, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return model


def serialized(model: Any) -> bytes:
    """The bytes of an object tree, with weights aligned to `ALIGNMENT`."""
    for buffer in model.buffers:
        if buffer.data is not None and len(buffer.data):
            buffer.__class__ = _Weights
    builder = flatbuffers.Builder(sum(len(b.data) for b in model.buffers if b.data is not None) + 2**20)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def operator_name(model: Any, operator: Any) -> str:
    """An operator's name as the schema spells it, such as `CONV_2D`."""
    code = model.operatorCodes[operator.opcodeIndex]
    return str(NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)])  # old files have the second alone


def require_builtin(model: Any) -> None:
    """Refuses operators that LiteRT does not have built in.

    Raises:
        ProofError: the file needs a Flex (TensorFlow) operator or another custom one.
    """
    custom = sorted({code.customCode.decode() for code in model.operatorCodes if code.customCode})
    if custom:
        raise ProofError(
            f"the TFLite file needs {', '.join(custom)}, which device runtimes lack: "
            "use layers that TFLite has operators for"
        )


def only_consumer(graph: Any, tensor: int) -> Any | None:
    """The single operator that reads a tensor; None where there are several or the tensor is an output."""
    consumers = [operator for operator in graph.operators if tensor in operator.inputs]
    return consumers[0] if len(consumers) == 1 and tensor not in graph.outputs else None
