"""Reads the tensors of a PyTorch file without PyTorch, and without running code from the file.

The format before PyTorch 1.6: three pickles of magic number, protocol and system, one of the tensors'
descriptions, one of storage keys, then each storage as its length and its raw values.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import InputError

_DTYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_MAGIC = 0x1950A86A20F9469CFC6C


def read_tensors(path: str | Path) -> dict[str, NDArray[Any]]:
    """The tensors of a file by name.

    Raises:
        InputError: the file is of another format, or holds anything but tensors.
    """
    try:
        with Path(path).open("rb") as file:
            magic, _, _, described, keys = (_Tensors(file).load() for _ in range(5))
            if magic != _MAGIC:
                raise pickle.UnpicklingError("no magic number")  # noqa: TRY301  (one place says what is wrong)
            storages = _read_storages(file, keys, {key: kind for (kind, key), *_ in described.values()})
        return {
            name: _strided(storages[key][start:], shape, stride)
            for name, ((_, key), start, shape, stride) in described.items()
        }
    except (OSError, EOFError, pickle.UnpicklingError, struct.error, KeyError, ValueError) as error:
        raise InputError(f"{path} is no PyTorch file of tensors ({error}): give another") from error


class _Tensors(pickle.Unpickler):
    """Loads ordered dictionaries and tensors, and refuses everything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, start, shape, stride, *_: (storage, start, shape, stride)
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is refused")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        _, kind, key, *_ = pid
        return kind, key


def _strided(values: NDArray[Any], shape: tuple[int, ...], stride: tuple[int, ...]) -> NDArray[Any]:
    """A copy in C order; tensors that were transposed before they were saved have another one in the file."""
    last = sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if last >= len(values):
        raise ValueError(f"a tensor of shape {shape} ends beyond its storage")
    steps = [step * values.itemsize for step in stride]
    return np.array(np.lib.stride_tricks.as_strided(values, shape, steps), order="C")


def _read_storages(file: BinaryIO, keys: list[str], kinds: dict[str, str]) -> dict[str, NDArray[Any]]:
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        dtype = _DTYPES[kinds[key]]
        storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return storages
