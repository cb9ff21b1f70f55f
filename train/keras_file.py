"""Writes a Keras model as one file, whole or not at all."""

import re
from pathlib import Path
from typing import Any

from edgebreed.edge.files import replacing

_SYSTEM = re.compile(r"error message = '([^']+)'")


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
        except (RuntimeError, OSError) as error:
            # Where memory is short, Keras has HDF5 write to disk, which surrounds what the system said.
            said = _SYSTEM.search(str(error))
            if said is None:
                raise
            raise OSError(said[1]) from error
