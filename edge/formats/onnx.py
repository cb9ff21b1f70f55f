"""ONNX files, with the manifest in `metadata_props`; read and written without the onnx package.

ONNX files are Protocol Buffers messages; the field numbers stand in onnx.proto3.
"""

from collections.abc import Iterator, Sequence

from edgebreed.edge.formats.digest import MARK, PLACEHOLDER
from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.edge.formats.protobuf import Field, bytes_field, fields
from edgebreed.edge.manifest import NO_MANIFEST
from edgebreed.errors import ModelFileError

KEY = b"edgebreed"
MODEL_METADATA = 14


def split(data: bytes) -> tuple[bytes, str]:
    """The model without manifest and digest, and the manifest's JSON.

    Raises:
        ModelFileError: there is none, or the bytes are no ONNX model, or take something from another file.
        UnicodeDecodeError: the JSON is no UTF-8.
    """
    check_onnx(data)
    entries = {field.start: _entry(field) for field in fields(memoryview(data)) if _is_metadata(field)}
    ours = [start for start, (key, _) in entries.items() if key in (KEY, MARK)]
    texts = [value for key, value in entries.values() if key == KEY]
    if not texts:
        raise ModelFileError(NO_MANIFEST)
    if len(texts) > 1:
        raise ModelFileError(f"{len(texts)} manifests where one is allowed: export the model again")
    return data[: min(ours)], texts[0].decode()


def join(model: bytes, text: str, labels: Sequence[str]) -> bytes:
    """A model with the manifest's JSON and a digest's placeholder as its last fields.

    Labels are in the JSON alone.
    """
    del labels
    return model + metadata_entry(KEY, text.encode()) + metadata_entry(MARK, PLACEHOLDER)


def metadata(model: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The model's `metadata_props`: keys and values."""
    return (_entry(field) for field in fields(memoryview(model)) if _is_metadata(field))


def without_metadata(model: bytes, prefix: bytes) -> bytes:
    """The model without the `metadata_props` whose keys begin so."""
    found = list(fields(memoryview(model)))
    ends = [*(field.start for field in found[1:]), len(model)]
    return b"".join(
        model[field.start : end]
        for field, end in zip(found, ends, strict=True)
        if not (_is_metadata(field) and _entry(field)[0].startswith(prefix))
    )


def metadata_entry(key: bytes, value: bytes) -> bytes:
    """One `metadata_props` field; appended to a model's bytes it becomes part of the model."""
    return bytes_field(MODEL_METADATA, bytes_field(1, key) + bytes_field(2, value))


def _is_metadata(field: Field) -> bool:
    return field.number == MODEL_METADATA and isinstance(field.value, memoryview)


def _entry(field: Field) -> tuple[bytes, bytes]:
    assert isinstance(field.value, memoryview)
    pair = {one.number: bytes(one.value) for one in fields(field.value) if isinstance(one.value, memoryview)}
    return pair.get(1, b""), pair.get(2, b"")
