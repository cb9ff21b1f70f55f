"""Weights files of Keras: loaded into a network, or refused with what they are instead."""

import warnings
import zipfile
from pathlib import Path
from typing import Any

from edgebreed.errors import InputError

HDF5 = b"\x89HDF\r\n\x1a\n"  # the first bytes of an HDF5 file
ZIP = b"PK\x03\x04"


def load_weights(network: Any, path: Path, name: str) -> None:
    """Loads weights into a network; all of them or none.

    Args:
        network: a Keras model.
        path: a file that Keras wrote: `.weights.h5`, `.keras`, or `.h5` of Keras 2.
        name: of the network, for the message.

    Raises:
        InputError: the file is missing, of another kind, damaged, or of another network.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for each layer that does not fit
            network.load_weights(path)
    except (
        Exception
    ) as error:  # Keras, h5py and zipfile raise a dozen kinds for files that are none of theirs
        raise InputError(
            f"{path} {_fault(path)}: --weights takes weights of {name}(include_top=False) that Keras has "
            "saved as .weights.h5, .keras or .h5"
        ) from error


def _fault(path: Path) -> str:
    """What is wrong with a file that Keras cannot load."""
    if path.is_dir():
        return "is a folder"
    try:
        with path.open("rb") as file:
            start = file.read(len(HDF5))
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if start.startswith(ZIP):
        return _fault_of_zip(path)
    if start == HDF5:
        return _fault_of_hdf5(path)
    return "is no weights file" if start else "is empty"


def _fault_of_zip(path: Path) -> str:
    try:
        names = zipfile.ZipFile(path).namelist()
    except (OSError, zipfile.BadZipFile):
        return "is damaged"
    if any(name.endswith("data.pkl") for name in names):
        return "is a PyTorch file"
    if "model.weights.h5" not in names:
        return "is no weights file"
    return (
        _OTHER_NETWORK
        if path.suffix == ".keras"
        else "is a Keras model that must be renamed to end in .keras"
    )


def _fault_of_hdf5(path: Path) -> str:
    import h5py

    try:
        with h5py.File(path) as file:
            keras_2, keras_3 = "layer_names" in file.attrs or "model_weights" in file, "layers" in file
    except OSError:
        return "is damaged or cut off"
    if keras_3 and not path.name.endswith(".weights.h5"):
        return "must be renamed to end in .weights.h5"
    if keras_2 and (path.suffix != ".h5" or path.name.endswith(".weights.h5")):
        return "must be renamed to end in .h5, but not in .weights.h5"
    return _OTHER_NETWORK if keras_2 or keras_3 else "is an HDF5 file without weights of Keras"


_OTHER_NETWORK = "holds weights of another network, or of another width of it"
