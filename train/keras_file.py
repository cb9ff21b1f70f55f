"""Writes a Keras model as one file, whole or not at all."""

from pathlib import Path
from typing import Any

from edgebreed.edge.files import replacing
from edgebreed.train.disk_faults import reason_of


def write_keras(path: Path, model: Any) -> None:
    """Writes a model as `.keras`, in place of an older file.

    Args:
        path: the file.
        model: a Keras model.

    Raises:
        InputError: it cannot be written, for example as the disk is full.
    """
    with replacing(path) as file:
        try:
            model.save(file.name)
        except (RuntimeError, OSError) as error:  # where memory is short, Keras has HDF5 write to disk
            reason = reason_of(error)
            if reason is None:
                raise
            raise OSError(reason) from error
