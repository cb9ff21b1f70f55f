"""Opens a model file of another program, whatever it is: its bytes decide, never its suffix."""

import io
import stat
import zipfile
from pathlib import Path

from edgebreed.edge.formats import MAX_BYTES, onnx, tflite
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.foreign_keras import CONFIG, GRAPH, keras_to_onnx
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.foreign_tflite import ForeignTflite
from edgebreed.export.importer.other_formats import TAKEN, TORCH, why_not_read

_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF"
_OWN = "is edgebreed's own: use it with --model as it is"
_MANIFEST = "edgebreed.json"


def open_foreign(path: Path) -> ForeignModel:
    """Opens a file or folder.

    Args:
        path: of an ONNX, TFLite or Keras file, or of the folder of a SavedModel.

    Raises:
        InputError: it cannot be read.
        ModelFileError: it is none of these, damaged, or edgebreed's own.
        MissingExtraError: a package that its format needs is not installed.
    """
    if path.is_dir():
        if not (path / GRAPH).is_file():
            raise ModelFileError(f"{path} is a folder without {GRAPH}: give {TAKEN}")
        return _of_keras(path)
    data = _bytes_of(path)
    if data[4:8] == tflite.IDENTIFIER:
        return _tflite(path, data)
    if data.startswith(_ZIP):
        return _of_archive(path, data)
    if data.startswith(_HDF5):
        return _of_keras(path)
    reason = why_not_read(data)
    if reason is not None:
        raise ModelFileError(f"{path} {reason}")
    if any(key == onnx.KEY for key, _ in onnx.metadata(data)):
        raise ModelFileError(f"{path} {_OWN}")
    return ForeignOnnx.open(path)


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{path} is no file: give a model file")
        if found.st_size > MAX_BYTES:
            raise ModelFileError(f"{path} has {found.st_size:,} bytes: a model may have {MAX_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read model {path}: {error.strerror}") from error


def _tflite(path: Path, data: bytes) -> ForeignModel:
    if _MANIFEST in (_names(data) or ()):
        raise ModelFileError(f"{path} {_OWN}")
    return ForeignTflite.open(path)


def _of_archive(path: Path, data: bytes) -> ForeignModel:
    names = _names(data)
    if names is None:
        raise ModelFileError(f"{path} is a damaged or truncated ZIP archive: copy it again")
    if any(name.endswith(("data.pkl", "constants.pkl")) for name in names):
        raise ModelFileError(f"{path} {TORCH}")
    if CONFIG not in names:
        raise ModelFileError(f"{path} is a ZIP archive without {CONFIG} of Keras: unpack it, or give {TAKEN}")
    return _of_keras(path)


def _of_keras(path: Path) -> ForeignModel:
    model, metadata = keras_to_onnx(path)
    return ForeignOnnx.from_model(path, model, metadata)


def _names(data: bytes) -> list[str] | None:
    """Names in a ZIP archive, or in one behind other bytes; None where there is none, or a damaged one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
