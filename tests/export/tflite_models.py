"""Small TFLite models, and how to run them."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SIDE = 8  # px
IMAGES = np.random.default_rng(2).integers(0, 256, (6, SIDE, SIDE, 3), np.uint8)


@cache
def small_tflite() -> bytes:
    """Scaling, two convolutions, pooling and a softmax over three classes, in float32."""
    from edgebreed.export.keras_export import to_tflite
    from edgebreed.train.keras_setup import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(image)
    x = layers.Conv2D(8, 3, activation="relu", name="first")(x)
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu", name="second")(x)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = {"probabilities": layers.Dense(3, activation="softmax", name="probabilities")(x)}
    return to_tflite(keras.Model(image, outputs))


@cache
def static_tflite() -> bytes:
    """A softmax over three classes from all pixels; its reshape is for one image at a time."""
    from edgebreed.export.keras_export import to_tflite
    from edgebreed.train.keras_setup import keras

    keras.utils.set_random_seed(0)
    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 127.5, offset=-1.0)(image))
    outputs = {"probabilities": keras.layers.Dense(3, activation="softmax")(x)}
    return to_tflite(keras.Model(image, outputs), static_batch=True)


@cache
def bright_tflite() -> bytes:
    """One score: a sigmoid that is above a half for images lighter than middle grey."""
    from edgebreed.export.keras_export import to_tflite
    from edgebreed.train.keras_setup import keras

    layers, constant = keras.layers, keras.initializers.Constant
    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1 / 255)(image)
    x = layers.Conv2D(1, 1, kernel_initializer="ones")(x)
    x = layers.GlobalAveragePooling2D()(x)
    score = layers.Dense(1, "sigmoid", kernel_initializer=constant(4.0), bias_initializer=constant(-6.0))(x)
    return to_tflite(keras.Model(image, {"in_distribution": score}))


def run(model_bytes: bytes, images: NDArray[np.uint8] = IMAGES) -> NDArray[np.float32]:
    """The first output of a model for images, one after another."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=model_bytes, num_threads=1)
    interpreter.allocate_tensors()
    image = interpreter.get_input_details()[0]["index"]
    rows = []
    for item in images:
        interpreter.set_tensor(image, item[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0])
    return np.asarray(rows)
