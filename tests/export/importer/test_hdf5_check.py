"""HDF5 files before they are read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.errors import ModelFileError
from edgebreed.export.importer.hdf5_check import check_hdf5

pytestmark = pytest.mark.training


def elsewhere(file: Any) -> None:
    """A link to another file."""
    import h5py

    file["weights"] = h5py.ExternalLink("other.h5", "/weights")


def around(file: Any) -> None:
    """A link to the group that it is in."""
    import h5py

    file.create_group("a")["b"] = h5py.SoftLink("/a")


def outside(file: Any) -> None:
    """An array whose bytes are those of another file."""
    file.create_dataset("weights", (4,), "u1", external=[("other", 0, 4)])


def inflated(file: Any) -> None:
    """An array of which nothing but its shape is in the file."""
    file.create_dataset("weights", (1 << 30,), "f4", chunks=(1 << 20,), compression="gzip")


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        (elsewhere, "has links to other places, or too many: save the model again"),
        (around, "has links to other places"),
        (outside, "keeps weights in another file: save the model again, whole"),
        (inflated, "says that it holds over 1,073,741,824 bytes or 100,000 arrays"),
    ],
)
def test_what_reads_other_files_or_fills_the_memory_is_refused(
    fill: Callable[[Any], None], reason: str, tmp_path: Path
) -> None:
    """Before anything of it is read."""
    import h5py

    with h5py.File(tmp_path / "model", "w") as file:
        fill(file)
    with pytest.raises(ModelFileError, match=reason):
        check_hdf5(tmp_path / "model")


def test_a_whole_file_passes_and_a_truncated_one_does_not(tmp_path: Path) -> None:
    """With the reason that HDF5 gives."""
    import h5py

    path = tmp_path / "model"
    with h5py.File(path, "w") as file:
        file.create_group("a")["weights"] = np.ones(9)
    check_hdf5(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match=r"model is damaged or truncated: copy it again \(.*truncated"):
        check_hdf5(path)
