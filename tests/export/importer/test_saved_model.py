"""SavedModel folders."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.errors import ModelFileError
from edgebreed.export.importer.foreign_keras import keras_to_onnx
from edgebreed.export.importer.foreign_onnx import ForeignOnnx

from .keras_made import IMAGES, small

pytestmark = pytest.mark.keras


def saved(function: Any, path: Path, **signatures: Any) -> Path:
    """A folder with a function of images."""
    import tensorflow as tf

    module = tf.Module()
    module.function = tf.function(function, [tf.TensorSpec((None, 8, 8, 3), tf.float32, "photo")])
    tf.saved_model.save(module, str(path), signatures=signatures or {"serving_default": module.function})
    return path


def test_a_folder_becomes_an_onnx_model(tmp_path: Path) -> None:
    """By its signature `serving_default`."""
    model = small()
    path = tmp_path / "model"
    model.export(path, verbose=False)
    found = ForeignOnnx.from_model(path, *keras_to_onnx(path))
    assert ["output_0 float32 (?, 3)"] == [str(one) for one in found.outputs]
    np.testing.assert_allclose(model.predict_on_batch(IMAGES), found.run(IMAGES, "output_0"), atol=1e-6)


def test_a_folder_with_operators_on_files_is_refused(tmp_path: Path) -> None:
    """Before TensorFlow loads it."""
    import tensorflow as tf

    def reading(photo: Any) -> Any:
        tf.io.write_file("model.txt", tf.io.read_file("other.txt"))
        return {"classes": photo}

    path = saved(reading, tmp_path / "model")
    with pytest.raises(
        ModelFileError, match="has the operators ReadFile, WriteFile, which no classifier needs"
    ):
        keras_to_onnx(path)


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    """Whichever of its files it is."""
    path = tmp_path / "model"
    small().export(path, verbose=False)
    graph, weights = path / "saved_model.pb", path / "variables" / "variables.data-00000-of-00001"
    weights.unlink()
    with pytest.raises(
        ModelFileError, match="TensorFlow does not load it .*: convert it to ONNX with tf2onnx"
    ):
        keras_to_onnx(path)
    graph.write_bytes(graph.read_bytes()[:-9])
    with pytest.raises(ModelFileError, match="saved_model.pb is damaged or truncated: copy the folder again"):
        keras_to_onnx(path)


def test_a_folder_without_the_signature_is_refused(tmp_path: Path) -> None:
    """With those that are there; and a model of several inputs."""
    import tensorflow as tf

    two = tf.function(lambda a, b: {"sum": a + b}).get_concrete_function(
        tf.TensorSpec((None, 2), tf.float32, "a"), tf.TensorSpec((None, 2), tf.float32, "b")
    )
    path = saved(lambda photo: photo, tmp_path / "other", embed=two)
    with pytest.raises(ModelFileError, match="has no signature serving_default, but embed: convert"):
        keras_to_onnx(path)
    path = saved(lambda photo: photo, tmp_path / "two", serving_default=two)
    with pytest.raises(
        ModelFileError, match=r"takes a \(None, 2\), b \(None, 2\): a classifier takes one input"
    ):
        keras_to_onnx(path)
