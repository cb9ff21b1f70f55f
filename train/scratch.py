"""A small CNN of our own, fitted from nothing."""

import time
from typing import Any

import numpy as np

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train import pixels
from edgebreed.train.assemble import assemble
from edgebreed.train.calibration import fit_temperature, rejection_without_negatives
from edgebreed.train.checkpoint import Checkpoint
from edgebreed.train.config import Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.fit import FitSettings, Labelled, fit_photos, softmax
from edgebreed.train.keras_setup import keras

WIDTHS = (32, 64, 128, 256)
DROPOUT = 0.3
MOMENTUM = (
    0.9  # Keras's 0.99 still remembers the first weights after the few hundred steps of a small data set
)
BATCH = 32
LEARNING_RATE = 3e-3


def build_scratch(spec: InputSpec, classes: int) -> Any:
    """Separable convolutions with batch normalization (Howard et al. 2017), pooled to logits.

    Args:
        spec: input size in px.
        classes: number of logits.

    Returns:
        A model from `(N, H, W, 3) uint8 RGB` to logits `(N, classes)`; its last two layers are
        `features` and `logits`.
    """
    layers = keras.layers
    image = keras.Input((spec.height, spec.width, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1 / 255, name="scale")(image)
    x = _normalized(layers.Conv2D(WIDTHS[0], 3, strides=2, padding="same", use_bias=False)(x))
    for width in WIDTHS:
        x = _normalized(layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x))
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.Dropout(DROPOUT)(x)
    return keras.Model(image, layers.Dense(classes, name="logits")(x), name="scratch")


def _normalized(x: Any) -> Any:
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=MOMENTUM)(x))


def fit_scratch(config: TrainConfig, data: Dataset) -> Fitted:
    """Fits the network on augmented photos."""
    start = time.perf_counter()
    splits = {split: _labelled(data, split, config.spec) for split in ("train", "valid", "test")}
    network = build_scratch(config.spec, len(data.classes))
    settings = FitSettings(config.epochs, BATCH, LEARNING_RATE, config.seed)
    kept = Checkpoint.open(config.out, _request(config, data), config.resume)
    history = fit_photos(network, splits["train"], splits["valid"], settings, kept)
    if len(history["loss"]) == config.epochs:
        kept.remove()
    logits = {split: network.predict(splits[split].inputs, verbose=0) for split in ("valid", "test")}
    temperature = fit_temperature(logits["valid"], splits["valid"].labels)
    rejection = rejection_without_negatives(softmax(logits["valid"] / temperature))
    base = keras.Model(network.input, network.get_layer("features").output)
    model = assemble(base, network, temperature, None)
    seconds = {"features": 0.0, "fit": time.perf_counter() - start}
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    return Fitted(
        model, history, softmax(logits["test"] / temperature), rejection, temperature, trainable, seconds
    )


def _request(config: TrainConfig, data: Dataset) -> dict[str, Any]:
    """What must not change between a fit and its resumption."""
    photos = {split: len(members) for split, members in data.splits.items()}
    return {"epochs": config.epochs, "size": config.size, "seed": config.seed, "photos": photos}


def _labelled(data: Dataset, split: str, spec: InputSpec) -> Labelled:
    photos = data.photos(split)
    return Labelled(pixels.load([photo.path for photo in photos], spec), labels_of(photos))
