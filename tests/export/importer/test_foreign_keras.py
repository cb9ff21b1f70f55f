"""Keras files of other programs as ONNX models."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.foreign_keras import keras_to_onnx
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.pixel_transform import OutputKind

from .keras_made import IMAGES, as_keras_2, small

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")]


@pytest.fixture(scope="module", params=["keras", "h5"])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`small` in a file without a suffix."""
    path = tmp_path_factory.mktemp("saved") / f"model.{request.param}"
    small().save(path)
    return path.rename(path.with_suffix(""))


def answers(path: Path) -> NDArray[np.float32]:
    """What the ONNX model of a file gives for images."""
    model = ForeignOnnx.from_model(path, *keras_to_onnx(path))
    return model.run(IMAGES, model.outputs[0].name)


def changed(path: Path, change: Callable[[Any], Any], new: Path) -> Path:
    """A copy of a Keras file with another description of the model."""
    if path.read_bytes()[:2] == b"PK":
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(new, "w") as copy:
            for name in archive.namelist():
                data = archive.read(name)
                is_config = name == "config.json"
                copy.writestr(name, json.dumps(change(json.loads(data))) if is_config else data)
        return new
    import h5py

    new.write_bytes(path.read_bytes())
    with h5py.File(new, "r+") as file:
        file.attrs["model_config"] = json.dumps(change(json.loads(file.attrs["model_config"])))
    return new


def test_a_file_becomes_an_onnx_model(saved: Path) -> None:
    """With its own float input, the names of its layers, and the version of Keras."""
    model = ForeignOnnx.from_model(saved, *keras_to_onnx(saved))
    assert ["photo float32 (?, 8, 8, 3)"] == [str(one) for one in model.inputs]
    assert ["classes float32 (?, 3)"] == [str(one) for one in model.outputs]
    assert OutputKind.PROBABILITIES is model.outputs[0].kind
    assert model.metadata["keras_version"].startswith("3.")
    np.testing.assert_allclose(small().predict_on_batch(IMAGES), answers(saved), atol=1e-6)


def test_a_file_of_keras_2_becomes_the_same(saved: Path, tmp_path: Path) -> None:
    """As TensorFlow 2.15 wrote it, in both formats."""
    old = changed(saved, as_keras_2, tmp_path / "old")
    np.testing.assert_allclose(answers(saved), answers(old), atol=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda config: {"class_name": "Lambda", "config": {"name": "halve"}},
            "the layer 'halve' is a Lambda",
        ),
        (
            lambda config: {**config, "class_name": "Mine"},
            "the layer 'functional.*' is 'Mine', which is not of",
        ),
        (
            lambda config: {"class_name": "Dense", "config": {"units": "many"}},
            r"does not load it \(.*\): conver",
        ),
        (lambda config: {"class_name": "TFOpLambda", "inbound_nodes": 3}, "description is damaged"),
        (lambda config: [config], "the model's description is no JSON object"),
    ],
)
def test_a_description_that_does_not_load_is_refused(
    saved: Path, change: Callable[[Any], Any], reason: str, tmp_path: Path
) -> None:
    """In one line that says what to do."""
    with pytest.raises(ModelFileError, match=reason) as caught:
        keras_to_onnx(changed(saved, change, tmp_path / "changed"))
    assert len(str(caught.value).splitlines()) == 1


def test_a_truncated_file_is_refused(saved: Path, tmp_path: Path) -> None:
    """And one that is not there."""
    (tmp_path / "cut").write_bytes(saved.read_bytes()[:-3000])
    with pytest.raises(
        ModelFileError, match="cut is (damaged or truncated|a damaged .keras file): copy it again"
    ):
        keras_to_onnx(tmp_path / "cut")
    with pytest.raises(InputError, match="cannot read model .*nothing: No such file"):
        keras_to_onnx(tmp_path / "nothing")


def test_a_file_without_the_weights_of_a_layer_is_refused(tmp_path: Path) -> None:
    """They would stay random."""
    import h5py

    small().save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "r+") as file:
        del file["model_weights/classes/classes/kernel"]
    with pytest.raises(ModelFileError, match="does not load it .*kernel.*: convert the model"):
        keras_to_onnx(tmp_path / "model.h5")


def test_weights_without_a_model_are_refused(tmp_path: Path) -> None:
    """As `save_weights` writes them."""
    small().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(
        ModelFileError, match="holds weights without a model: save the whole model, or convert"
    ):
        keras_to_onnx(tmp_path / "model.weights.h5")


def test_damaged_weights_are_told_by_the_name_of_the_archive(tmp_path: Path) -> None:
    """Not by that of a temporary file."""
    small().save(tmp_path / "whole.keras")
    with zipfile.ZipFile(tmp_path / "whole.keras") as archive, zipfile.ZipFile(tmp_path / "cut", "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name)[: -500 if name.endswith("h5") else None])
    with pytest.raises(ModelFileError, match=f"^{tmp_path / 'cut'} is damaged or truncated: copy it again"):
        keras_to_onnx(tmp_path / "cut")


@pytest.mark.long
def test_an_archive_that_grows_is_refused(tmp_path: Path) -> None:
    """By the sizes that it states, before anything is unpacked."""
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("model.weights.h5", "w", force_zip64=True) as file:
            for _ in range(33):
                file.write(bytes(1 << 25))
        archive.writestr("config.json", "{}")
    with pytest.raises(ModelFileError, match="bomb unpacks to 1,107,296,258 bytes: a model may have 1,073,"):
        keras_to_onnx(tmp_path / "bomb")


def test_a_model_of_no_images_is_refused(tmp_path: Path) -> None:
    """By what it takes."""
    from edgebreed.train.keras_setup import keras

    inputs = keras.Input((7,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save(tmp_path / "table.keras")
    with pytest.raises(
        ModelFileError, match=r"takes \(None, 7\): a classifier takes one input \(N, H, W, C\)"
    ):
        keras_to_onnx(tmp_path / "table.keras")
