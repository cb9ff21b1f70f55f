"""Model files: the weights and, inside the same file, their manifest.

The bytes decide what a file is, never its suffix. Each format has a module with the same three functions:
`read_text` (the manifest's JSON), `body` (the model without it) and `join` (both together). A file stays
readable by every other runtime.
"""

import hashlib
import json
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from edgebreed.edge.files import write_whole
from edgebreed.edge.formats import onnx, tflite
from edgebreed.edge.manifest import Manifest
from edgebreed.errors import InputError, ModelFileError


class ModelFormat(StrEnum):
    """File formats of exported models."""

    ONNX = "onnx"
    TFLITE = "tflite"


_MODULES: dict[ModelFormat, ModuleType] = {ModelFormat.ONNX: onnx, ModelFormat.TFLITE: tflite}


def sniff(data: bytes) -> ModelFormat:
    """The format of a model's bytes; what is not a TFLite flatbuffer is read as ONNX, which has no mark."""
    return ModelFormat.TFLITE if data[4:8] == tflite.IDENTIFIER else ModelFormat.ONNX


def format_of(path: Path) -> ModelFormat:
    """The format of a model file, by its first bytes.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return sniff(file.read(8))
    except OSError as error:
        raise _unreadable(path, error) from error


def read_manifest(path: Path | str) -> Manifest:
    """Reads the manifest of a model file and checks the file against it.

    Raises:
        InputError: no such file.
        ModelFileError: no model, no manifest, damaged, external data, or an unknown schema.
    """
    return _read(Path(path))[1]


def split_model(path: Path) -> tuple[bytes, Manifest]:
    """A model's bytes without its manifest, and the manifest, so that another can be put in.

    Raises:
        InputError: no such file.
        ModelFileError: as `read_manifest`.
    """
    data, manifest = _read(path)
    return _MODULES[sniff(data)].body(data), manifest


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
    write_whole(path, _MODULES[sniff(body)].join(body, text, manifest.labels), overwrite=overwrite)


def body_digest(body: bytes) -> str:
    """SHA-256 of a model's bytes without its manifest."""
    return hashlib.sha256(body).hexdigest()


def _read(path: Path) -> tuple[bytes, Manifest]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        return data, _checked(_parsed(_MODULES[sniff(data)].read_text(data)), data)
    except (ModelFileError, UnicodeDecodeError) as error:
        raise ModelFileError(f"{path}: {error}") from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ModelFileError(f"manifest is damaged ({error}): copy or export the model again") from error
    if not isinstance(data, dict):
        raise ModelFileError("manifest is damaged (no JSON object): copy or export the model again")
    return data


def _checked(data: dict[str, Any], model: bytes) -> Manifest:
    expected = data.pop("sha256", None)
    if body_digest(_MODULES[sniff(model)].body(model)) != expected:
        raise ModelFileError("the model's bytes do not match its manifest: copy or export it again")
    return Manifest.from_dict(data)


def _unreadable(path: Path, error: OSError) -> InputError:
    if path.is_dir():
        return InputError(
            f"{path} is a folder: give a model file; of a run, `edgebreed export --run {path}` makes one"
        )
    return InputError(f"cannot read model {path}: {error.strerror}")
