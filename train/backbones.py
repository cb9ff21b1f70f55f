"""Backbones for a transfer: networks with ImageNet weights, by name."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.train.efficientnet_lite import NAME as LITE
from edgebreed.train.efficientnet_lite import build_lite
from edgebreed.train.keras_setup import keras
from edgebreed.train.weights_file import load_weights


def canonical(name: str) -> str:
    """The name of a backbone as Keras spells it, from any case.

    Raises:
        InputError: there is no such backbone.
    """
    known = {backbone.lower(): backbone for backbone in names()}
    if name.lower() not in known:
        raise InputError(f"no backbone {name!r}: choose one of {', '.join(known.values())}")
    return known[name.lower()]


def names() -> list[str]:
    """All backbones: those of `keras.applications`, and EfficientNet-Lite0."""
    return sorted([LITE, *(name for name in dir(keras.applications) if name[0].isupper())])


def build_network(name: str, spec: InputSpec, weights: Path | None) -> Any:
    """A backbone without its top.

    Args:
        name: one of `names`.
        spec: input size in px.
        weights: a Keras weights file of the network with `include_top=False`; None takes ImageNet's,
            downloaded by Keras or, for EfficientNet-Lite0, out of a package.

    Returns:
        A model from scaled images `(N, H, W, 3) float32` to maps `(N, h, w, F) float32`.

    Raises:
        InputError: the weights are missing or do not fit, the download failed, or the input is too small.
    """
    if weights is None and name == LITE:
        return build_lite(spec)
    if weights is None:
        return _downloaded(name, spec)
    if not weights.exists():
        raise InputError(f"no weights file {weights}: pass --weights FILE, or leave it out to download them")
    network = build_lite(spec, pretrained=False) if name == LITE else _sized(name, spec)
    load_weights(network, weights, name)
    return network


def scaling(name: str) -> tuple[list[float], list[float], bool]:
    """How a backbone's input is scaled: factor and offset of each channel, and whether it takes BGR.

    Measured on Keras's own `preprocess_input`, which maps each channel affinely.
    """
    if name == LITE:
        return [1 / 128] * 3, [-127 / 128] * 3, False
    probe = np.concatenate([np.zeros((1, 1, 1, 3)), np.eye(3)[None, None]], axis=2).astype(np.float32)
    scaled = np.asarray(_module(name).preprocess_input(probe))[0, 0]
    matrix, offset = (scaled[1:] - scaled[0]).T, scaled[0]
    reverses = bool(abs(matrix[0, 0]) < abs(matrix[0, 2]))
    factors = (matrix[:, ::-1] if reverses else matrix).diagonal()
    return factors.tolist(), offset.tolist(), reverses


def _options(spec: InputSpec) -> dict[str, Any]:
    return {"include_top": False, "input_shape": (spec.height, spec.width, 3)}


def _application(name: str) -> Callable[..., Any]:
    build: Callable[..., Any] = getattr(keras.applications, name)
    return build


def _sized(name: str, spec: InputSpec) -> Any:
    try:
        return _application(name)(weights=None, **_options(spec))
    except ValueError as error:
        raise InputError(
            f"--size {min(spec.height, spec.width)} does not fit {name}: {str(error).splitlines()[0]}"
        ) from error


def _downloaded(name: str, spec: InputSpec) -> Any:
    _sized(name, spec)  # a size that does not fit is reported before the download, not as its failure
    try:
        return _application(name)(weights="imagenet", **_options(spec))
    except Exception as error:  # Keras wraps every network failure in a bare Exception
        raise InputError(
            f"Keras could not download the ImageNet weights of {name}: pass --weights FILE with weights of "
            f"keras.applications.{name}(include_top=False), or connect to the network"
        ) from error


def _module(name: str) -> Any:
    """The module of `keras.applications` that a network is defined in."""
    modules = [module for module in vars(keras.applications).values() if inspect.ismodule(module)]
    for module in modules:
        if hasattr(module, name):
            return module
    return keras.applications.mobilenet_v3  # its builders are not members of their module
