"""Tensors out of PyTorch's older file format."""

import io
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.errors import InputError
from edgebreed.train.torch_file import read_tensors


class _Named:
    """Pickles as a reference to a name of PyTorch's, called with arguments."""

    def __init__(self, name: str, *arguments: object) -> None:
        self.name, self.arguments = name, arguments


_Python: Any = pickle._Pickler  # the C one lets no reference be written by hand


class _Pickler(_Python):  # type: ignore[misc]  # its type is unknown
    def save(self, obj: object, save_persistent_id: bool = True) -> None:
        """Writes `_Named` as PyTorch writes tensors."""
        if not isinstance(obj, _Named):
            super().save(obj, save_persistent_id)
            return
        module, name = obj.name.rsplit(".", 1)
        self.write(f"c{module}\n{name}\n".encode())
        if obj.arguments:
            super().save(obj.arguments)
            self.write(pickle.REDUCE)

    def persistent_id(self, obj: object) -> object:
        """The identifier of a storage: a tuple that begins with `storage`."""
        return obj if isinstance(obj, tuple) and obj[:1] == ("storage",) else None


def write(path: Path, tensor: _Named, values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    """A file of one tensor `w`."""
    file = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, {"w": tensor}, ["0"]):
        _Pickler(file, 2).dump(part)
    path.write_bytes(file.getvalue() + struct.pack("<q", len(values)) + values.tobytes())


def tensor(shape: tuple[int, ...], stride: tuple[int, ...]) -> _Named:
    """A tensor on six numbers."""
    storage = ("storage", _Named("torch.FloatStorage"), "0", "cpu", 6, None)
    return _Named("torch._utils._rebuild_tensor_v2", storage, 0, shape, stride)


@pytest.mark.parametrize(
    ("stride", "expected"), [((3, 1), [[0, 1, 2], [3, 4, 5]]), ((1, 2), [[0, 2, 4], [1, 3, 5]])]
)
def test_tensors_have_their_shape_and_order(
    tmp_path: Path, stride: tuple[int, int], expected: list[list[int]]
) -> None:
    """Also those that were transposed when they were saved."""
    write(tmp_path / "w.pth", tensor((2, 3), stride), np.arange(6, dtype=np.float32))
    assert expected == read_tensors(tmp_path / "w.pth")["w"].tolist()


def test_a_tensor_behind_its_storage_is_refused(tmp_path: Path) -> None:
    """A damaged description reads no foreign memory."""
    write(tmp_path / "w.pth", tensor((4, 3), (3, 1)), np.arange(6, dtype=np.float32))
    with pytest.raises(InputError, match=r"no PyTorch file of tensors .*\(4, 3\).*: give another"):
        read_tensors(tmp_path / "w.pth")


def test_nothing_but_tensors_is_loaded(tmp_path: Path) -> None:
    """A file that wants to run a function is refused before it does."""
    (tmp_path / "evil.pth").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(InputError, match=r"os\.system is refused"):
        read_tensors(tmp_path / "evil.pth")
