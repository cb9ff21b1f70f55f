"""Weights files that fit, and those that do not."""

import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from edgebreed.errors import InputError
from edgebreed.train.keras_setup import keras
from edgebreed.train.weights_file import load_weights

pytestmark = pytest.mark.keras


def network(width: int = 3, layers: int = 1) -> Any:
    """Dense layers."""
    stack = [keras.layers.Dense(width, name=f"d{number}") for number in range(layers)]
    return keras.Sequential([keras.Input((4,)), *stack], name="net")


def written(folder: Path) -> dict[str, Path]:
    """A file of each kind, by what is wrong with it."""
    files = {name: folder / name for name in ("fits.weights.h5", "fits.keras", "fits.h5")}
    network().save_weights(files["fits.weights.h5"])
    network().save(files["fits.keras"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network().save(files["fits.h5"])
    return files


@pytest.mark.parametrize("name", ["fits.weights.h5", "fits.keras", "fits.h5"])
def test_what_keras_saves_is_loaded(tmp_path: Path, name: str) -> None:
    """Weights of Keras 3, a whole model, and a file of Keras 2."""
    model = network()
    load_weights(model, written(tmp_path)[name], "Net")
    assert (4, 3) == model.get_weights()[0].shape


@pytest.mark.parametrize(
    ("name", "origin", "fault"),
    [
        ("a.keras.zip", "fits.keras", "is a Keras model that must be renamed to end in .keras"),
        ("a.h5", "fits.weights.h5", "must be renamed to end in .weights.h5"),
        ("a", "fits.weights.h5", "must be renamed to end in .weights.h5"),
        ("a.weights.h5", "fits.h5", "must be renamed to end in .h5, but not in .weights.h5"),
    ],
)
def test_a_wrong_name_is_told_from_the_content(tmp_path: Path, name: str, origin: str, fault: str) -> None:
    """The bytes say what the file is."""
    shutil.copy(written(tmp_path)[origin], tmp_path / name)
    with pytest.raises(InputError, match=f"{name} {fault}: --weights takes weights of Net"):
        load_weights(network(), tmp_path / name, "Net")


@pytest.mark.parametrize("name", ["fits.weights.h5", "fits.keras", "fits.h5"])
@pytest.mark.parametrize(("width", "layers"), [(5, 1), (3, 2)])
def test_weights_of_another_network_are_one_line(tmp_path: Path, name: str, width: int, layers: int) -> None:
    """However many layers do not fit."""
    path = written(tmp_path)[name]
    with pytest.raises(InputError, match="holds weights of another network, or of another width of it: "):
        load_weights(network(width, layers), path, "Net")


@pytest.mark.parametrize("name", ["fits.weights.h5", "fits.keras", "fits.h5"])
def test_a_file_that_is_cut_off_is_damaged(tmp_path: Path, name: str) -> None:
    """At any place; without a byte it is empty."""
    path = written(tmp_path)[name]
    data = path.read_bytes()
    for kept, fault in ((0, "is empty"), (100, "is damaged"), (len(data) // 2, "is damaged")):
        path.write_bytes(data[:kept])
        with pytest.raises(InputError, match=f"{name} {fault}"):
            load_weights(network(), path, "Net")


def test_files_of_other_programs_are_named(tmp_path: Path) -> None:
    """As far as their bytes tell, whatever their names are."""
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    shutil.copy(tmp_path / "a.pth", tmp_path / "b.weights.h5")
    np.savez(tmp_path / "c.npz", a=np.zeros(3))
    (tmp_path / "d.weights.h5").write_text("<!doctype html>")
    with h5py.File(tmp_path / "e.weights.h5", "w") as file:
        file["x"] = np.zeros(3)
    (tmp_path / "f.weights.h5").mkdir()
    faults = (
        "PyTorch file",
        "PyTorch file",
        "no weights file",
        "no weights file",
        "an HDF5 file",
        "a folder",
    )
    for path, fault in zip(sorted(tmp_path.iterdir()), faults, strict=True):
        with pytest.raises(InputError, match=f"{path.name} is .*{fault}"):
            load_weights(network(), path, "Net")
