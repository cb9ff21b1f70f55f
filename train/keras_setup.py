"""Keras, imported without its start-up messages, and the precision that it computes in."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from edgebreed.edge.files import user_cache
from edgebreed.errors import InputError, MissingExtraError

HALF = "mixed_float16"


@contextmanager
def _muted() -> Iterator[None]:
    """Drops what is written to file descriptor 2: TensorFlow's C++ code ignores log levels while it loads."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _keep_out_of_the_home() -> None:
    """Keras writes its settings into a folder of the home; without one, edgebreed's cache has them."""
    with suppress(RuntimeError):  # a user without a home, as containers run under a number alone
        if (Path.home() / ".keras").exists():
            return
    os.environ.setdefault("KERAS_HOME", str(user_cache() / "keras"))


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_keep_out_of_the_home()
logging.getLogger("tensorflow").setLevel(logging.ERROR)
logging.getLogger("absl").setLevel(logging.ERROR)

try:
    with _muted():
        import keras
except (ImportError, ValueError) as error:
    if chosen := os.environ.get("KERAS_BACKEND", "tensorflow").replace("tensorflow", ""):
        raise InputError(
            f"KERAS_BACKEND is {chosen}, which Keras cannot use here ({error}): install it, or unset "
            "the variable"
        ) from error
    raise MissingExtraError("training (Keras with TensorFlow)", "train") from error


def _keep_compiled_programs() -> None:
    """JAX reuses what it compiled for an earlier run: 25 s in place of 48 for a run with cached features."""
    if keras.backend.backend() == "jax":
        settings = import_module("jax").config
        settings.update("jax_compilation_cache_dir", str(user_cache() / "compiled"))
        settings.update("jax_persistent_cache_min_compile_time_secs", 0.0)


_keep_compiled_programs()


def has_gpu() -> bool:
    """Whether Keras computes on a GPU."""
    return keras.distribution.list_devices()[0].split(":")[0] in ("gpu", "cuda")  # JAX uses both names


@contextmanager
def half_precision(model: Any) -> Iterator[None]:
    """Layers traced inside compute in float16, as GPUs do best; weights stay float32 (Micikevicius 2018)."""
    layers = list(_layers(model))
    policies = [layer.dtype_policy for layer in layers]
    half = keras.DTypePolicy(HALF)
    try:
        for layer in layers:
            layer.dtype_policy = half
        yield
    finally:
        for layer, policy in zip(layers, policies, strict=True):
            layer.dtype_policy = policy


def half_precision_on_gpu(model: Any) -> AbstractContextManager[None]:
    """`half_precision` where there is a GPU; on a CPU, which gains nothing by it, nothing changes."""
    return half_precision(model) if has_gpu() else nullcontext()


def _layers(model: Any) -> Iterator[Any]:
    yield model
    for layer in getattr(model, "layers", ()):
        yield from _layers(layer)


__all__ = ["half_precision", "half_precision_on_gpu", "has_gpu", "keras"]
