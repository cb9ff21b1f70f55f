"""Xception without its top: the frozen base of a transfer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.train.features import digest_of
from edgebreed.train.keras_setup import keras

OFFLINE = (
    "Keras could not download the ImageNet weights of Xception: pass --weights FILE with weights of "
    "keras.applications.Xception(include_top=False), or connect to the network"
)


@dataclass(frozen=True)
class KerasBase:
    """Xception without its top, global average pooling at the end (Chollet 2017).

    Attributes:
        model: `(N, H, W, 3) uint8 RGB` to `(N, 2048) float32`.
        spec: the input it takes.
        key: changes with architecture, weights and input.
    """

    model: Any
    spec: InputSpec
    key: str

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, 2048) float32` of photos `(N, H, W, 3) uint8 RGB`."""
        return np.asarray(self.model.predict_on_batch(batch), np.float32)


def build_base(spec: InputSpec, weights: Path | None) -> KerasBase:
    """Builds the frozen base.

    Args:
        spec: input size and resize rule.
        weights: a Keras weights file for `Xception(include_top=False)`; None downloads ImageNet's.

    Raises:
        InputError: the file is missing or does not fit, or the download failed.
    """
    network = _xception(spec, weights)
    network.trainable = False
    image = keras.Input((spec.height, spec.width, 3), dtype="uint8", name="image")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(image)
    pooled = keras.layers.GlobalAveragePooling2D(name="features")(network(scaled, training=False))
    origin = digest_of(weights)[:16] if weights else "imagenet"
    key = f"xception-{origin}-{spec.height}x{spec.width}-{spec.resize}"
    return KerasBase(keras.Model(image, pooled, name="base"), spec, key)


def _xception(spec: InputSpec, weights: Path | None) -> Any:
    build = keras.applications.Xception
    shape = (spec.height, spec.width, 3)
    if min(shape[:2]) < 71:
        raise InputError(f"--size {min(shape[:2])}: Xception takes 71 px or more")
    if weights is None:
        try:
            return build(weights="imagenet", include_top=False, input_shape=shape)
        except Exception as error:  # Keras wraps every network failure in a bare Exception
            raise InputError(OFFLINE) from error
    if not weights.is_file():
        raise InputError(f"no weights file {weights}: pass --weights FILE, or leave it out to download them")
    network = build(weights=None, include_top=False, input_shape=shape)
    try:
        network.load_weights(weights)
    except (ValueError, OSError) as error:
        raise InputError(
            f"{weights} does not fit Xception(include_top=False): {str(error).splitlines()[0]}"
        ) from error
    return network
