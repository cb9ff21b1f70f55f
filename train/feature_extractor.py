"""A backbone without its top, pooled to features: what a transfer fits its head on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import DecodeRule, InputSpec
from edgebreed.train.backbones import build_network, scaling
from edgebreed.train.config import MAXIMA
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.keras_setup import keras


@dataclass(frozen=True)
class KerasFeatureExtractor:
    """A backbone with its input scaling in front of it and global pooling behind it.

    Attributes:
        model: `(N, H, W, 3) uint8 RGB` to `(N, F) float32`; its layer `backbone` is the network.
        parts: the tensors that the features are concatenated from: averages of maps and, for some backbones,
            maxima of maps.
        spec: the input it takes.
        key: identifies network, weights and input.
    """

    model: Any
    parts: list[Any]
    spec: InputSpec
    key: str

    @property
    def network(self) -> Any:
        """The backbone: from scaled images to its last maps and, if it has any, those that maxima are of."""
        return self.model.get_layer("backbone")

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of images `(N, H, W, 3) uint8 RGB`."""
        return np.asarray(self.model.predict_on_batch(batch), np.float32)


def build_extractor(backbone: str, spec: InputSpec, weights: Path | None) -> KerasFeatureExtractor:
    """Builds the extractor of a backbone, with frozen weights.

    Args:
        backbone: one of `backbones.names`.
        spec: input size and rules.
        weights: a Keras weights file of the backbone with `include_top=False`; None takes ImageNet's.

    Raises:
        InputError: the file is missing or does not fit, or the download failed.
    """
    network = build_network(backbone, spec, weights)
    network.trainable = False
    network.name = "backbone"
    image = keras.Input((spec.height, spec.width, 3), dtype="uint8", name="image")
    maxima = MAXIMA.get(backbone.lower())
    parts = _pooled(network, maxima.layer if maxima else None, _scaled(image, backbone))
    features = keras.layers.Concatenate(name="features")(parts) if len(parts) > 1 else parts[0]
    model = keras.Model(image, features, name="base")
    return KerasFeatureExtractor(model, parts, spec, _key(backbone.lower(), spec, weights))


def _key(network: str, spec: InputSpec, weights: Path | None) -> str:
    origin = digest_of(weights)[:16] if weights else "imagenet"
    kind = f"{network}-max" if network in MAXIMA else network
    decode = "" if spec.decode is DecodeRule.FULL else f"-{spec.decode}"
    return f"{kind}-{origin}-{spec.height}x{spec.width}-{spec.resize}{decode}"


def _pooled(network: Any, maxima: str | None, scaled: Any) -> list[Any]:
    """The averages of a backbone's last maps and, where it has some, the maxima of earlier ones.

    The maxima are pooled by a window of the maps' size, and then averaged over its single position to drop
    the two axes: quantizers support these layers, but no maximum over an axis and no reshape of unknown
    batch size.
    """
    average = keras.layers.GlobalAveragePooling2D(name="averages")
    if maxima is None:
        return [average(network(scaled, training=False))]
    both = keras.Model(network.input, [network.output, network.get_layer(maxima).output], name="backbone")
    last, earlier = both(scaled, training=False)
    largest = keras.layers.MaxPooling2D(earlier.shape[1:3])(earlier)
    return [average(last), keras.layers.GlobalAveragePooling2D(name="maxima")(largest)]


def _scaled(image: Any, backbone: str) -> Any:
    factors, offsets, reverses = scaling(backbone)
    if len(set(factors)) == len(set(offsets)) == 1:
        return keras.layers.Rescaling(factors[0], offset=offsets[0], name="scale")(image)
    pixels = keras.layers.Rescaling(1.0, name="pixels")(image)
    return keras.layers.Rescaling(factors, offset=offsets, name="scale")(
        _reversed(pixels) if reverses else pixels
    )


def _reversed(pixels: Any) -> Any:
    """RGB to BGR, which the oldest weights take, as a convolution: every converter supports it."""
    swap = keras.layers.Conv2D(3, 1, use_bias=False, trainable=False, name="bgr")
    swapped = swap(pixels)
    swap.set_weights([np.eye(3, dtype=np.float32)[None, None, ::-1]])
    return swapped
