"""Model files of other programs, whatever they are."""

import os
import zipfile
from pathlib import Path

import pytest

from edgebreed.edge.formats import ModelFormat, write_model
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.open_foreign import open_foreign
from edgebreed.export.importer.pixel_transform import Layout
from edgebreed.export.tflite_flatbuffer import serialized

from ...conftest import colour_manifest, colour_model
from .keras_made import small
from .test_onnx_rewrite import foreign as foreign_onnx
from .tflite_made import foreign as foreign_tflite


def test_onnx_and_tflite_are_told_by_their_bytes(tmp_path: Path) -> None:
    """Under names of the other."""
    (tmp_path / "a.tflite").write_bytes(foreign_onnx(Layout.NCHW, 3).SerializeToString())
    (tmp_path / "b.onnx").write_bytes(serialized(foreign_tflite((4, 6, 3))))
    onnx, tflite = open_foreign(tmp_path / "a.tflite"), open_foreign(tmp_path / "b.onnx")
    assert (ModelFormat.ONNX, (None, 3, 4, 6)) == (onnx.format, onnx.inputs[0].shape)
    assert (ModelFormat.TFLITE, (None, 4, 6, 3)) == (tflite.format, tflite.inputs[0].shape)


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
@pytest.mark.parametrize("suffix", ["keras", "h5", "folder"])
def test_keras_files_become_onnx(suffix: str, tmp_path: Path) -> None:
    """A SavedModel too."""
    path = tmp_path / f"model.{suffix}"
    small().export(path, verbose=False) if suffix == "folder" else small().save(path)
    found = open_foreign(path)
    assert (ModelFormat.ONNX, path) == (found.format, found.path)
    assert (None, 8, 8, 3) == found.inputs[0].shape


def test_files_of_edgebreed_are_not_imported(tmp_path: Path) -> None:
    """They are used as they are, in both formats."""
    tflite = serialized(foreign_tflite((1, 1, 3)))
    write_model(tmp_path / "a", colour_model(), colour_manifest())
    write_model(tmp_path / "b", tflite, colour_manifest(input=InputSpec(1, 1), golden=()))
    for name in ("a", "b"):
        with pytest.raises(ModelFileError, match=f"{name} is edgebreed's own: use it with --model as it is"):
            open_foreign(tmp_path / name)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["archive/data.pkl", "archive/version"], r"is a PyTorch file: .* `torch.onnx.export\(model"),
        (["code/model.py", "constants.pkl"], "is a PyTorch file"),
        (["model.onnx"], "is a ZIP archive without config.json of Keras: unpack it, or give ONNX"),
    ],
)
def test_archives_of_others_are_refused(names: list[str], reason: str, tmp_path: Path) -> None:
    """By what is in them."""
    with zipfile.ZipFile(tmp_path / "model.zip", "w") as archive:
        for name in names:
            archive.writestr(name, b"0123456789")
    with pytest.raises(ModelFileError, match=reason):
        open_foreign(tmp_path / "model.zip")
    data = (tmp_path / "model.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelFileError, match="cut.zip is a damaged or truncated ZIP archive: copy it again"):
        open_foreign(tmp_path / "cut.zip")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "empty").touch()
    with pytest.raises(ModelFileError, match="empty is empty: copy it again"):
        open_foreign(tmp_path / "empty")
    with pytest.raises(ModelFileError, match="is a folder without saved_model.pb: give ONNX, TFLite, .keras"):
        open_foreign(tmp_path)
    with pytest.raises(InputError, match="cannot read model .*nothing: No such file"):
        open_foreign(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe is no file: give a model file"):
        open_foreign(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(ModelFileError, match="huge has 1,073,741,825 bytes: a model may have 1,073,741,824"):
        open_foreign(tmp_path / "huge")
