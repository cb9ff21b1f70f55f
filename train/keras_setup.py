"""Keras, imported quietly, or a line that says how to install it."""

import logging
import os
import sys
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


@contextmanager
def _hidden(*modules: str) -> Iterator[None]:
    """Keras imports these for parts of it that nobody uses here, and they are a third of its time."""
    found = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(found))  # type: ignore[arg-type]  # None: as if it were not there
    try:
        yield
    finally:
        for module in found:
            del sys.modules[module]


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)
logging.getLogger("absl").setLevel(logging.ERROR)

try:
    with _muted(), _hidden("sklearn", "matplotlib"):
        import keras
except ImportError as error:
    raise MissingExtraError("training (Keras with TensorFlow)", "train") from error


def has_gpu() -> bool:
    """Whether Keras computes on a GPU."""
    return keras.distribution.list_devices()[0].split(":")[0] in ("gpu", "cuda")  # JAX names both


__all__ = ["has_gpu", "keras"]
