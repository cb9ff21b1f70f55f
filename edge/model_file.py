"""One file a model: its weights and, inside it, its manifest.

ONNX keeps the manifest in `metadata_props`; TFLite as a zip archive behind the flatbuffer, the way
TensorFlow Lite Metadata attaches its files. Both stay readable by every other runtime.
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from edgebreed.edge import protobuf
from edgebreed.edge.manifest import Manifest
from edgebreed.errors import InputError, ModelFileError

KEY = "edgebreed"
_TFLITE_ENTRY = "edgebreed.json"
_TFLITE_LABELS = "labels.txt"
_NO_MANIFEST = "no manifest: export it with `edgebreed export`"
_TFLITE_IDENTIFIER = b"TFL3"  # bytes 4 to 8 of each TFLite flatbuffer


def read_manifest(path: Path) -> Manifest:
    """Reads the manifest of an `.onnx` or `.tflite` file and checks the file against it.

    Raises:
        InputError: no such file.
        ModelFileError: no model, no manifest, damaged, external data, or an unknown schema.
    """
    data = read_bytes(path)
    try:
        text = _tflite_text(data) if is_tflite(data) else _onnx_text(data)
        return _checked(json.loads(text), data)
    except (ModelFileError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelFileError(f"{path}: {error}") from error


def split_model(path: Path) -> tuple[bytes, Manifest]:
    """A model's bytes without its manifest, and the manifest, so that another can be put in.

    Raises:
        InputError: no such file.
        ModelFileError: as `read_manifest`.
    """
    manifest, data = read_manifest(path), read_bytes(path)
    return _tflite_body(data) if is_tflite(data) else _onnx_body(data), manifest


def write_model(path: Path, body: bytes, manifest: Manifest, *, overwrite: bool = False) -> None:
    """Writes a model with its manifest inside, whole or not at all.

    Args:
        path: where to; the suffix does not decide the format, the bytes do.
        body: a serialized ONNX model or TFLite flatbuffer without a manifest.
        manifest: what to say of it.
        overwrite: whether a file may already be there.

    Raises:
        InputError: the file exists and `overwrite` is not set.
    """
    text = json.dumps({**manifest.to_dict(), "sha256": body_digest(body)})
    data = (
        _with_tflite_files(body, text, manifest)
        if is_tflite(body)
        else body + protobuf.metadata_entry(KEY, text)
    )
    write_whole(path, data, overwrite=overwrite)


def refuse_existing(path: Path, overwrite: bool, other: str = "another --out") -> None:
    """Lets a new file through, or one that may be replaced.

    Args:
        path: the file.
        overwrite: whether it may be replaced.
        other: what else to pass.

    Raises:
        InputError: it exists.
    """
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists: pass --overwrite or {other}")


def write_whole(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Writes a file so that a reader never sees half of it.

    Raises:
        InputError: the file exists and `overwrite` is not set, or it cannot be written.
    """
    refuse_existing(path, overwrite)
    try:
        _replace(path, data)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_bytes(path: Path) -> bytes:
    """A model file's bytes.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read model {path}: {error.strerror}") from error


def is_tflite(data: bytes) -> bool:
    """Whether the bytes are a TFLite flatbuffer."""
    return data[4:8] == _TFLITE_IDENTIFIER


def body_digest(body: bytes) -> str:
    """SHA-256 of a model's bytes without its manifest."""
    return hashlib.sha256(body).hexdigest()


def _checked(data: dict[str, Any], model: bytes) -> Manifest:
    expected = data.pop("sha256", None)
    body = _tflite_body(model) if is_tflite(model) else _onnx_body(model)
    if body_digest(body) != expected:
        raise ModelFileError("the model's bytes do not match its manifest: copy or export it again")
    return Manifest.from_dict(data)


def _onnx_text(data: bytes) -> str:
    view = memoryview(data)
    if protobuf.has_external_data(view):
        raise ModelFileError("weights in another file are refused: export it with `edgebreed export`")
    entries = protobuf.metadata(view)
    if KEY not in entries:
        raise ModelFileError(_NO_MANIFEST)
    return entries[KEY]


def _onnx_body(data: bytes) -> bytes:
    """All fields but the manifest, which `write_model` appended last."""
    *_, (number, _, start, _) = protobuf.fields(memoryview(data))
    return data[:start] if number == protobuf.MODEL_METADATA else data


def _tflite_text(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(_TFLITE_ENTRY).decode()
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelFileError(_NO_MANIFEST) from error


def _tflite_body(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return data[: min(entry.header_offset for entry in archive.infolist())]


def _with_tflite_files(body: bytes, text: str, manifest: Manifest) -> bytes:
    buffer = io.BytesIO(body)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(_TFLITE_LABELS, "\n".join(manifest.labels))
        archive.writestr(_TFLITE_ENTRY, text)
    return buffer.getvalue()
