"""ONNX files, with the manifest in `metadata_props`; read and written without the onnx package.

ONNX files are Protocol Buffers messages; the wire format is described at
https://protobuf.dev/programming-guides/encoding/ and the field numbers stand in onnx.proto3.
"""

from collections.abc import Iterator, Sequence

from edgebreed.edge.manifest import NO_MANIFEST
from edgebreed.errors import ModelFileError

KEY = "edgebreed"
MODEL_GRAPH = 7
MODEL_METADATA = 14
_GRAPH_INITIALIZER = 5
_TENSOR_DATA_LOCATION = 14
_EXTERNAL = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Field = tuple[int, int | memoryview, int, int]
"""Field number, value, and the field's first and past-the-last byte in the message."""


def read_text(data: bytes) -> str:
    """The manifest's JSON.

    Raises:
        ModelFileError: there is none, or the bytes are no ONNX model, or weights lie in another file.
    """
    view = memoryview(data)
    if has_external_data(view):
        raise ModelFileError("weights in another file are refused: export it with `edgebreed export`")
    entries = metadata(view)
    if KEY not in entries:
        raise ModelFileError(NO_MANIFEST)
    return entries[KEY]


def body(data: bytes) -> bytes:
    """All fields but the manifest, which `join` appended last."""
    *_, (number, _, start, _) = fields(memoryview(data))
    return data[:start] if number == MODEL_METADATA else data


def join(model: bytes, text: str, labels: Sequence[str]) -> bytes:
    """A model with the manifest's JSON as its last field; labels are in the JSON alone."""
    del labels
    return model + metadata_entry(KEY, text)


def fields(message: memoryview) -> Iterator[Field]:
    """Walks the fields of a message in order.

    Raises:
        ModelFileError: the bytes are no Protocol Buffers message.
    """
    position = 0
    while position < len(message):
        start = position
        key, position = _varint(message, position)
        value, position = _value(message, position, key & 7)
        yield key >> 3, value, start, position


def metadata(model: memoryview) -> dict[str, str]:
    """The model's `metadata_props`."""
    entries = (
        fields(value)
        for number, value, *_ in fields(model)
        if number == MODEL_METADATA and not isinstance(value, int)
    )
    pairs = (
        {number: bytes(value) for number, value, *_ in entry if not isinstance(value, int)}
        for entry in entries
    )
    return {pair.get(1, b"").decode(): pair.get(2, b"").decode() for pair in pairs}


def metadata_entry(key: str, value: str) -> bytes:
    """One `metadata_props` field; appended to a model's bytes it becomes part of the model."""
    pair = _bytes_field(1, key.encode()) + _bytes_field(2, value.encode())
    return _bytes_field(MODEL_METADATA, pair)


def has_external_data(model: memoryview) -> bool:
    """Whether a weight of the main graph is kept in another file."""
    graphs = [
        value for number, value, *_ in fields(model) if number == MODEL_GRAPH and not isinstance(value, int)
    ]
    return any(
        number == _TENSOR_DATA_LOCATION and value == _EXTERNAL
        for graph in graphs
        for kind, tensor, *_ in fields(graph)
        if kind == _GRAPH_INITIALIZER and not isinstance(tensor, int)
        for number, value, *_ in fields(tensor)
    )


def _value(message: memoryview, position: int, wire: int) -> tuple[int | memoryview, int]:
    if wire == _VARINT:
        return _varint(message, position)
    if wire == _BYTES:
        length, position = _varint(message, position)
    elif wire in (_FIXED64, _FIXED32):
        length = 8 if wire == _FIXED64 else 4
    else:
        raise ModelFileError("not an ONNX file: export one with `edgebreed export`")
    if position + length > len(message):
        raise ModelFileError("ONNX file is cut off: copy or export it again")
    return message[position : position + length], position + length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(message) and shift < 70:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ModelFileError("ONNX file is cut off: copy or export it again")


def _bytes_field(number: int, data: bytes) -> bytes:
    return _encode_varint(number << 3 | _BYTES) + _encode_varint(len(data)) + data


def _encode_varint(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
