"""The table of ONNX's messages."""

from typing import Any

import onnx

from edgebreed.edge.formats.onnx_messages import DATA, DOUBLES, FLOAT, FLOATS, INT, INTS, MESSAGES, Scalar

ONCE = {"float": FLOAT, "int32": INT, "int64": INT, "enum": INT}
REPEATED = {"float": FLOATS, "double": DOUBLES, "int32": INTS, "int64": INTS, "uint64": INTS}


def test_it_is_that_of_the_onnx_package() -> None:
    """Every message that a model may hold, with every field and how it is written."""
    found: dict[str, dict[int, Scalar | str]] = {}
    waiting: list[Any] = [onnx.ModelProto.DESCRIPTOR]
    while waiting:
        message = waiting.pop()
        if message.name not in found:
            found[message.name] = {field.number: rule(field) for field in message.fields}
            waiting += [field.message_type for field in message.fields if field.message_type]
    assert found == MESSAGES


def rule(field: Any) -> Scalar | str:
    """What the table says of a field of the onnx package."""
    if field.message_type:
        return str(field.message_type.name)
    kind = KINDS[field.type]
    return (REPEATED if field.is_repeated else ONCE).get(kind, DATA)


KINDS = {
    1: "double",
    2: "float",
    3: "int64",
    4: "uint64",
    5: "int32",
    9: "string",
    11: "message",
    12: "bytes",
    14: "enum",
}
"""Types by their number in descriptor.proto."""
