"""A small CNN, fitted from random weights."""

import time
from typing import Any

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.activation import Activation
from edgebreed.train.assemble import assemble
from edgebreed.train.checkpoint import Checkpoint, request_of
from edgebreed.train.config import LOGS, Fitted, TrainConfig
from edgebreed.train.fit import FitSettings, fit_images, load_labelled, progressive_sides
from edgebreed.train.keras_setup import keras
from edgebreed.train.linear_probe import Head
from edgebreed.train.prepare import PreparedData
from edgebreed.train.rejection import no_rejection
from edgebreed.train.temperature import fit_temperature

STEM = 32
WIDTHS = (64, 128, 256)
LAST = 512
DROPOUT = 0.4
NORM_MOMENTUM = 0.9  # Keras's 0.99 still holds the initial statistics after the few steps of a small data set
BATCH = 32
LEARNING_RATE = 3e-4
STEP_MOMENTUM = 0.9
WEIGHT_DECAY = 0.3
NO_FEATURES = "a network from scratch has no features to separate negatives by"


def build_scratch(spec: InputSpec, classes: int) -> Any:
    """A small residual network (He et al. 2016), separable (Chollet 2017) where it is widest.

    Args:
        spec: input size in px.
        classes: number of logits.

    Returns:
        A model from `(N, H, W, 3) uint8 RGB` to logits `(N, classes)`; its last two layers are
        `features` and `logits`.
    """
    return _network(keras.Input((spec.height, spec.width, 3), dtype="uint8", name="image"), classes)


def fit_scratch(config: TrainConfig, prepared: PreparedData) -> Fitted:
    """Fits the network on augmented images.

    Args:
        config: what was asked for.
        prepared: the images; an interrupted fit can only be resumed on the same ones.
    """
    start = time.perf_counter()
    data = prepared.data
    splits = {split: load_labelled(data, split, config.spec) for split in ("train", "valid", "test")}
    any_size = _network(keras.Input((None, None, 3), dtype="uint8", name="image"), len(data.classes))
    settings = FitSettings(
        config.epochs,
        BATCH,
        LEARNING_RATE,
        config.seed,
        STEP_MOMENTUM,
        WEIGHT_DECAY,
        config.out / LOGS,
    )
    request = {"epochs": config.epochs, **request_of(config, data, prepared.sha256)}
    checkpoint = Checkpoint.open(config.out, request, config.resume)
    sides = progressive_sides(config.size, config.epochs)
    history = fit_images(any_size, splits["train"], splits["valid"], settings, checkpoint, sides)
    network = build_scratch(config.spec, len(data.classes))
    network.set_weights(any_size.get_weights())
    logits = {split: network.predict(splits[split].inputs, verbose=0) for split in ("valid", "test")}
    temperature = fit_temperature(logits["valid"], splits["valid"].labels)
    activation = Activation.of(config.task)
    probabilities = {split: activation(rows / temperature) for split, rows in logits.items()}
    head = Head(*network.get_layer("logits").get_weights())
    return Fitted(
        model=assemble(
            network.input, [network.get_layer("features").output], head, temperature, None, activation
        ),
        history=history,
        test=ModelOutputs(probabilities["test"]),
        valid=probabilities["valid"],
        rejection=no_rejection(NO_FEATURES).set_to(config.unknown_below),
        temperature=temperature,
        trainable=sum(int(np.prod(weight.shape)) for weight in network.trainable_weights),
        seconds={"features": 0.0, "fit": time.perf_counter() - start},
        interrupted=not checkpoint.is_done(config.epochs),
    )


def _network(image: Any, classes: int) -> Any:
    layers = keras.layers
    x = layers.Rescaling(1 / 255, name="scale")(image)
    x = _normalized(_convolution(STEM, strides=2)(x))
    for width in WIDTHS:
        x = _normalized(_convolution(width, strides=2)(x))
        x = layers.Add()([x, _normalized(_convolution(width)(x))])
    x = _normalized(layers.SeparableConv2D(LAST, 3, padding="same", use_bias=False)(x))
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.Dropout(DROPOUT)(x)
    return keras.Model(image, layers.Dense(classes, name="logits")(x), name="scratch")


def _convolution(width: int, strides: int = 1) -> Any:
    return keras.layers.Conv2D(width, 3, strides=strides, padding="same", use_bias=False)


def _normalized(x: Any) -> Any:
    return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=NORM_MOMENTUM)(x))
