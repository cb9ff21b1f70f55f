"""A Keras model's file."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from edgebreed.errors import InputError
from edgebreed.train.keras_file import write_keras

from ..outputs.small_disk import MAY_MOUNT, small_disk


class LargeModel:
    """Saves itself as Keras does where memory is short: HDF5 writes to disk."""

    def __init__(self, count: int) -> None:
        self._weights = np.zeros(count, np.float32)

    def save(self, path: str) -> None:
        """Writes the weights."""
        with h5py.File(path, "w") as file:
            file["weights"] = self._weights


@pytest.mark.skipif(not MAY_MOUNT, reason="makes a small disk, which needs root")
def test_a_full_disk_is_one_line_and_leaves_the_older_file(tmp_path: Path) -> None:
    """HDF5's own report of it is three lines of file offsets."""
    with small_disk(tmp_path / "disk", 64) as disk:
        write_keras(disk / "model.keras", LargeModel(1000))
        before = (disk / "model.keras").read_bytes()
        with pytest.raises(InputError, match=r"cannot write .*model\.keras: No space left on device$"):
            write_keras(disk / "model.keras", LargeModel(100_000))
        assert [(disk / "model.keras", before)] == [(path, path.read_bytes()) for path in disk.iterdir()]


def test_a_bug_is_no_full_disk(tmp_path: Path) -> None:
    """Another error of the model stays what it is, and leaves nothing."""

    class Broken:
        def save(self, path: str) -> None:
            raise RuntimeError("no such layer")

    with pytest.raises(RuntimeError, match="no such layer"):
        write_keras(tmp_path / "model.keras", Broken())
    assert [] == list(tmp_path.iterdir())
