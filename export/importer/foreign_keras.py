"""Keras files of other programs, as ONNX models: `.keras`, HDF5 files of older versions, and SavedModels.

Keras 3 reads most of what Keras 2 wrote once their descriptions are brought up to date, which
`keras2_config` does in a copy.
"""

import json
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgebreed.edge.formats import MAX_BYTES
from edgebreed.errors import EdgebreedError, InputError, ModelFileError
from edgebreed.export.importer.hdf5_check import check_hdf5
from edgebreed.export.recipe import GraphOptions
from edgebreed.train.disk_faults import temporary_folder

if TYPE_CHECKING:
    from edgebreed.export.graph.index import Model

GRAPH = "saved_model.pb"  # in the folder of a SavedModel
CONFIG, WEIGHTS, METADATA = "config.json", "model.weights.h5", "metadata.json"
MAX_REASON = 160  # characters
REMEDY = "convert the model to ONNX with tf2onnx where it was trained, and import that"


def keras_to_onnx(path: Path) -> "tuple[Model, Mapping[str, str]]":
    """Converts a Keras file or a SavedModel to ONNX.

    Its input stays the model's own, which is mostly `(N, H, W, C) float32`. What a program does before it, as
    `preprocess_input`, is in no such file.

    Args:
        path: of a `.keras` or HDF5 file, or of the folder of a SavedModel; the bytes decide, not the suffix.

    Returns:
        The model, and what the file says of itself as text: the version of Keras.

    Raises:
        InputError: it cannot be read.
        ModelFileError: it is damaged, has layers that Keras does not know, or does not convert.
        MissingExtraError: TensorFlow is not installed.
    """
    import_module("edgebreed.train.keras_setup")  # says what to install, if need be
    with temporary_folder() as folder:
        try:
            if path.is_dir():
                from edgebreed.export.importer.saved_model import load_saved_model

                return _converted(path, load_saved_model(path)), {}
            is_archive = path.read_bytes()[:2] == b"PK"
            copy, version = (_archive if is_archive else _hdf5)(path, folder)
            metadata = {"keras_version": version} if version else {}
            return _converted(path, _frozen(path, _loaded(path, copy))), metadata
        except OSError as error:
            raise InputError(f"cannot read model {path}: {error.strerror or error}") from error


def _archive(path: Path, folder: Path) -> tuple[Path, str]:
    """A copy of a `.keras` file that Keras 3 reads, and the version that wrote the original."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive)
            weights = Path(archive.extract(WEIGHTS, folder))
            texts = [archive.read(name).decode() for name in (CONFIG, METADATA)]
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ModelFileError(f"{path} is a damaged .keras file: copy it again ({error})") from error
    check_hdf5(weights, path)
    config, metadata = (_parsed(path, text) for text in texts)
    copy = folder / "model.keras"
    with zipfile.ZipFile(copy, "w") as archive:
        archive.writestr(CONFIG, json.dumps(_checked(path, config)))
        archive.writestr(METADATA, texts[1])
        archive.write(weights, WEIGHTS)
    return copy, str(metadata.get("keras_version", ""))


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    total = sum(entry.file_size for entry in archive.infolist())
    if total > MAX_BYTES:
        raise ModelFileError(f"{path} unpacks to {total:,} bytes: a model may have {MAX_BYTES:,}")


def _hdf5(path: Path, folder: Path) -> tuple[Path, str]:
    """The same of an HDF5 file."""
    import h5py

    check_hdf5(path)
    copy = folder / "model.h5"
    shutil.copyfile(path, copy)
    with h5py.File(copy, "r+") as file:
        config = file.attrs.get("model_config")
        if config is None:
            raise ModelFileError(f"{path} holds weights without a model: save the whole model, or {REMEDY}")
        file.attrs["model_config"] = json.dumps(_checked(path, _parsed(path, config)))
        return copy, str(file.attrs.get("keras_version", ""))


def _parsed(path: Path, text: str | bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: the model's description is damaged ({error})") from error
    if not isinstance(data, dict):
        raise ModelFileError(f"{path}: the model's description is no JSON object")
    return data


def _checked(path: Path, config: dict[str, Any]) -> Any:
    from edgebreed.export.importer.keras2_config import modernize
    from edgebreed.export.importer.keras_config import check_config

    try:
        check_config(config)
        return modernize(config)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from error
    except (AttributeError, TypeError, KeyError, IndexError, ValueError) as error:  # of values of other kinds
        raise ModelFileError(f"{path}: the model's description is damaged ({_reason(error)})") from error


def _loaded(path: Path, copy: Path) -> Any:
    from edgebreed.export.importer.keras2_operations import NAMES, Keras2Operation
    from edgebreed.train.keras_setup import keras

    known = dict.fromkeys(NAMES, Keras2Operation)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice for the model's author
            warnings.filterwarnings("error", "Skipping")  # weights, which would stay random
            return keras.saving.load_model(copy, custom_objects=known, compile=False, safe_mode=True)
    except EdgebreedError as error:
        raise ModelFileError(f"{path}: {error}") from error
    except Exception as error:  # Keras and TensorFlow raise a dozen kinds
        raise ModelFileError(
            f"{path}: Keras {keras.__version__} does not load it ({_reason(error)}): {REMEDY}"
        ) from error


def _frozen(path: Path, model: Any) -> Any:
    """The model with all constants inside its graph, if it takes one image."""
    from edgebreed.export.importer.frozen_graph import frozen_model
    from edgebreed.train.keras_setup import keras

    inputs = getattr(model, "inputs", None) or []
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        came = ", ".join(str(tuple(one.shape)) for one in inputs) or "nothing that it states"
        raise ModelFileError(f"{path} takes {came}: a classifier takes one input (N, H, W, C)")
    if keras.backend.backend() != "tensorflow":
        return model
    import tensorflow as tf

    spec = tf.TensorSpec(inputs[0].shape, inputs[0].dtype, inputs[0].name)
    function = tf.function(lambda images: _named(model, model(images, training=False)))
    return frozen_model(function.get_concrete_function(spec), spec)


def _named(model: Any, outputs: Any) -> dict[str, Any]:
    """A model's outputs by their names; a model of layers in a row has one without a name."""
    if isinstance(outputs, dict):
        return outputs
    values = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    names = getattr(model, "output_names", None) or [layer.name for layer in model.layers[-len(values) :]]
    return dict(zip(names, values, strict=True))


def _converted(path: Path, model: Any) -> "Model":
    from edgebreed.export.keras_export import to_onnx

    try:
        return to_onnx(model, GraphOptions().opset)
    except EdgebreedError:
        raise
    except Exception as error:  # of Keras, TensorFlow, tf2onnx and onnx
        raise ModelFileError(f"{path}: it does not convert to ONNX ({_reason(error)}): {REMEDY}") from error


def _reason(error: Exception) -> str:
    """One short line; Keras puts whole descriptions before the reason."""
    text = str(error).rsplit("Exception encountered: ", 1)[-1].strip()
    line = text.splitlines()[0] if text else type(error).__name__
    return line if len(line) <= MAX_REASON else f"{line[:MAX_REASON]} ..."
