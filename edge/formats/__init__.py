"""Model files: the weights and, inside the same file, their manifest.

The bytes decide what a file is, never its suffix. Each format has a module with the same two functions:
`split` checks a file and takes it apart into the model and the manifest's JSON, and `join` puts both together
again. A file stays readable by every other runtime.

A file is read once, and the bytes that were checked are the ones that an engine loads.
"""

import hashlib
import json
import logging
import reprlib
import stat
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from edgebreed.edge.files import write_whole
from edgebreed.edge.formats import onnx, tflite
from edgebreed.edge.formats.digest import check_digest, has_digest, with_digest
from edgebreed.edge.manifest import DIGEST_SINCE, Manifest
from edgebreed.errors import InputError, ModelFileError
from edgebreed.str_enum import StrEnum

_LOG = logging.getLogger(__name__)
_KERAS = (b"PK\x03\x04", b"\x89HDF")  # a ZIP archive, or HDF5 as older versions wrote it
MAX_BYTES = 1 << 30  # of a model file, which is read whole
_DAMAGED = "manifest is damaged ({}): copy or export the model again"
_MISMATCH = "the model's bytes do not match its manifest: copy or export it again"


class ModelFormat(StrEnum):
    """File formats of exported models."""

    ONNX = "onnx"
    TFLITE = "tflite"


_MODULES: dict[ModelFormat, ModuleType] = {ModelFormat.ONNX: onnx, ModelFormat.TFLITE: tflite}


@dataclass(frozen=True)
class ModelFile:
    """A model that was read and checked.

    Attributes:
        path: where it is from, for messages.
        data: the serialized ONNX model or TFLite flatbuffer, without its manifest.
        manifest: what it says of itself.
    """

    path: Path
    data: bytes = field(repr=False)
    manifest: Manifest

    @property
    def format(self) -> ModelFormat:
        """By its first bytes."""
        return sniff(self.data)


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


def read_model(path: Path | str) -> ModelFile:
    """Reads a model file, once, and checks it against its manifest.

    Raises:
        InputError: no such file.
        ModelFileError: no model, no manifest, damaged, external data, or an unknown schema.
    """
    path = Path(path)
    data = _bytes_of(path)
    if data.startswith(_KERAS):
        raise ModelFileError(
            f"{path} is a Keras file: `edgebreed export --run {path.parent}` makes a model of it"
        )
    try:
        if has_digest(data):
            check_digest(data)
        model, text = _MODULES[sniff(data)].split(data)
        file = ModelFile(path, model, _checked(_parsed(text), model, has_digest(data)))
    except (ModelFileError, UnicodeDecodeError) as error:
        raise ModelFileError(f"{path}: {error}") from error
    if file.manifest.is_unproved:
        _warn_unproved(path)
    return file


@cache  # once a file, however often it is read
def _warn_unproved(path: Path) -> None:
    _LOG.warning("%s: unproved", path)


def read_manifest(path: Path | str) -> Manifest:
    """Reads the manifest of a model file and checks the file against it.

    Raises:
        InputError: no such file.
        ModelFileError: as `read_model`.
    """
    return read_model(path).manifest


def write_model(path: Path, model: bytes, manifest: Manifest, *, overwrite: bool = False) -> None:
    """Writes a model with its manifest inside, whole or not at all.

    Args:
        path: where to; the suffix does not decide the format, the bytes do.
        model: a serialized ONNX model or TFLite flatbuffer without a manifest.
        manifest: what to say of it.
        overwrite: whether a file may already be there.

    Raises:
        InputError: the file exists and `overwrite` is not set.
        ModelFileError: the manifest holds what no reader would take.
    """
    text = json.dumps(manifest.to_dict())
    Manifest.from_dict(_parsed(text))
    joined = _MODULES[sniff(model)].join(model, text, manifest.labels)
    write_whole(path, with_digest(joined), overwrite=overwrite)


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not path.is_dir():
            raise InputError(f"{path} is no file: give a model file")
        if found.st_size > MAX_BYTES:
            raise ModelFileError(f"{path} has {found.st_size:,} bytes: a model may have {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(_DAMAGED.format(error)) from error
    if not isinstance(data, dict):
        raise ModelFileError(_DAMAGED.format("no JSON object"))
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands there twice, each reader would take another value."""
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"{reprlib.repr(twice)} stands twice in an object: each key may stand there once")
    return data


def _checked(data: dict[str, Any], model: bytes, digest: bool) -> Manifest:
    """The manifest; files of older schemas hold a digest of the model alone."""
    older = data.pop("sha256", None)
    manifest = Manifest.from_dict(data)
    if not digest and data["schema"] >= DIGEST_SINCE:
        raise ModelFileError("the file's digest is missing: copy or export it again")
    if not digest and hashlib.sha256(model).hexdigest() != older:
        raise ModelFileError(_MISMATCH)
    return manifest


def _unreadable(path: Path, error: OSError) -> InputError:
    if path.is_dir():
        return InputError(
            f"{path} is a folder: give a model file; of a run, `edgebreed export --run {path}` makes one"
        )
    return InputError(f"cannot read model {path}: {error.strerror}")
