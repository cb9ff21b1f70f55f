"""Checks HDF5 files of Keras models before they are read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgebreed.edge.formats import MAX_BYTES
from edgebreed.errors import ModelFileError

MAX_ITEMS = 100_000  # groups and arrays; large networks have some 5,000


def check_hdf5(path: Path, shown: Path | None = None) -> None:
    """Refuses a file that takes values from elsewhere, or of which much more is read than it has bytes.

    Args:
        path: of the file.
        shown: the file that messages name, where this one was unpacked from it.

    Raises:
        ModelFileError: it is damaged, has links or weights in other files, or is too large.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            _check_size(shown or path, _datasets(shown or path, file))
    except (OSError, RuntimeError, KeyError, ValueError) as error:  # what h5py raises for wrong bytes
        raise ModelFileError(f"{shown or path} is damaged or truncated: copy it again ({error})") from error


def _check_size(path: Path, datasets: Iterator[Any]) -> None:
    total = 0
    for count, dataset in enumerate(datasets):
        total += dataset.size * dataset.dtype.itemsize
        if total > MAX_BYTES or count > MAX_ITEMS:
            raise ModelFileError(
                f"{path} says that it holds over {MAX_BYTES:,} bytes or {MAX_ITEMS:,} arrays: a model may not"
            )


def _datasets(path: Path, file: Any) -> Iterator[Any]:
    import h5py

    waiting, count = [file], 0
    while waiting:
        group = waiting.pop()
        for name in group:
            count += 1
            if count > MAX_ITEMS or not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ModelFileError(f"{path} has links to other places, or too many: save the model again")
            item = group[name]
            if isinstance(item, h5py.Group):
                waiting.append(item)
            elif item.external or item.is_virtual:
                raise ModelFileError(f"{path} keeps weights in another file: save the model again, whole")
            else:
                yield item
