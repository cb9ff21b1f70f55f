"""Half precision, which the tensor cores of a GPU are made for."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from edgebreed.train.keras_setup import has_gpu, keras

HALF = "mixed_float16"


@contextmanager
def half_precision(model: Any) -> Iterator[None]:
    """Layers that are traced within compute in float16; weights stay float32 (Micikevicius et al. 2018)."""
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
    """The same where there is a GPU; elsewhere nothing changes, as processors have no such cores."""
    return half_precision(model) if has_gpu() else nullcontext()


def _layers(model: Any) -> Iterator[Any]:
    yield model
    for layer in getattr(model, "layers", ()):
        yield from _layers(layer)
