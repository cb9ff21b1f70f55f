"""Keras, imported quietly, or a line that says how to install it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from edgebreed.errors import MissingExtraError


@contextmanager
def _muted() -> Iterator[None]:
    """Drops what is written to file descriptor 2: TensorFlow's C++ greets before any log level counts."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)
logging.getLogger("absl").setLevel(logging.ERROR)

try:
    with _muted():
        import keras
except ImportError as error:
    raise MissingExtraError("training (Keras with TensorFlow)", "train") from error


def has_gpu() -> bool:
    """Whether Keras computes on a GPU."""
    return keras.distribution.list_devices()[0].split(":")[0] in ("gpu", "cuda")  # JAX names both


__all__ = ["has_gpu", "keras"]
