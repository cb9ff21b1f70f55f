"""Checks the whole message tree of an ONNX file before any engine sees it."""

from edgebreed.edge.formats.onnx_graph import read_function, read_graph
from edgebreed.edge.formats.onnx_messages import MESSAGES, Scalar
from edgebreed.edge.formats.onnx_nodes import FUNCTION_NAME, check_nodes, name_of
from edgebreed.edge.formats.onnx_opsets import check_opsets
from edgebreed.edge.formats.onnx_order import check_order
from edgebreed.edge.formats.onnx_size import check_stated_sizes
from edgebreed.edge.formats.onnx_weights import check_weights
from edgebreed.edge.formats.protobuf import BYTES, NO_ONNX, Field, fields, messages
from edgebreed.errors import ModelFileError

MAX_DEPTH = 64  # messages within messages; a graph within a graph's node is three
MAX_FIELDS = 1_000_000  # of the whole tree; Xception has some 60,000
OUTSIDE = "weights in another file are refused: export it with `edgebreed export`"
_ORT_FORMAT = b"ORTM"  # bytes 4 to 8 of a file that ONNX Runtime would read in a format of its own
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14  # of a tensor
_GRAPH, _FUNCTIONS = 7, 25  # of a model
_OP_TYPE = 4  # of a node
_READS_A_FILE = b"EPContext"  # an operator that takes what it computes from another file


def check_onnx(data: bytes) -> None:
    """Refuses a file that is not plainly an ONNX model, or takes anything from outside of itself.

    Every tensor is looked at, wherever it lies: in a graph, an attribute, a branch, a function, sparse or
    not. A field that no message of ONNX has is refused too, as a later reader may find a tensor in it. So are
    tensors of more or fewer values than their shape has, operators of unknown versions, more nodes than an
    engine can open, nodes out of order, and tensors of any size that a few numbers state.

    Raises:
        ModelFileError: with the reason.
    """
    if data[4:8] == _ORT_FORMAT:
        raise ModelFileError(NO_ONNX)
    waiting, count = [("ModelProto", memoryview(data), 1)], 0
    while waiting:
        kind, message, depth = waiting.pop()
        for field in fields(message):
            count += 1
            if count > MAX_FIELDS:
                raise ModelFileError(f"ONNX file has over {MAX_FIELDS:,} fields: export a smaller graph")
            below = _checked(kind, field)
            if below is not None:
                waiting.append((below[0], below[1], _deeper(depth)))
        if kind == "TensorProto":
            check_weights(message)
    parts = messages(memoryview(data))
    check_opsets(parts)
    check_nodes(parts)
    graph, bodies = read_graph(parts[_GRAPH]), [read_function(part) for part in parts[_FUNCTIONS]]
    check_order(graph, bodies)
    names = [name_of(messages(part), FUNCTION_NAME) for part in parts[_FUNCTIONS]]
    check_stated_sizes(graph, dict(zip(names, bodies, strict=True)), len(data))


def _checked(kind: str, field: Field) -> tuple[str, memoryview] | None:
    """The message that a field holds, where it holds one."""
    rule = MESSAGES[kind].get(field.number)
    wires = rule.value if isinstance(rule, Scalar) else (BYTES,)
    if rule is None or field.wire not in wires:
        raise ModelFileError(
            f"{NO_ONNX} (field {field.number} of wire type {field.wire} in {kind} is none that ONNX 1.23 has)"
        )
    if kind == "TensorProto":
        _refuse_external(field)
    below = field.value if isinstance(field.value, memoryview) else None
    if (kind, field.number) == ("NodeProto", _OP_TYPE) and bytes(below or b"") == _READS_A_FILE:
        raise ModelFileError(f"an operator that reads another file is refused: {OUTSIDE}")
    return (rule, below) if isinstance(rule, str) and below is not None else None


def _refuse_external(field: Field) -> None:
    """Any number but 0: a reader keeps 32 bits of it, and the last of several."""
    if field.number == _EXTERNAL_DATA or (field.number == _DATA_LOCATION and field.value != 0):
        raise ModelFileError(OUTSIDE)


def _deeper(depth: int) -> int:
    if depth >= MAX_DEPTH:
        raise ModelFileError(f"ONNX file nests over {MAX_DEPTH} messages: export a flatter graph")
    return depth + 1
