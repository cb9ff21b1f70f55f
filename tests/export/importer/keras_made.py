"""Small Keras models of other programs."""

from typing import Any

import numpy as np

SIDE = 8  # px
IMAGES = np.random.default_rng(3).uniform(0, 255, (4, SIDE, SIDE, 3)).astype(np.float32)


def small() -> Any:
    """Scaling, convolutions of three kinds, a model inside, and a softmax over three classes."""
    from edgebreed.train.keras_setup import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3), name="photo")
    inside = keras.Input((SIDE, SIDE, 3), name="inside")
    x = layers.DepthwiseConv2D(3, name="depthwise")(layers.Conv2D(4, 3, name="first")(inside))
    x = layers.SeparableConv2D(4, 1, activation="relu", name="separable")(x)
    body = keras.Model(inside, layers.BatchNormalization(name="norm")(x), name="body")
    x = layers.GlobalAveragePooling2D(name="pool")(body(layers.Rescaling(1 / 255, name="scaled")(image)))
    return keras.Model(image, layers.Dense(3, activation="softmax", name="classes")(x))


def as_keras_2(config: Any) -> Any:
    """A description of `small` as TensorFlow 2.15 writes it, made of that of Keras 3."""
    if isinstance(config, list):
        return [as_keras_2(item) for item in config]
    if not isinstance(config, dict):
        return config
    made = {key: as_keras_2(value) for key, value in config.items()}
    settings = made.get("config")
    if isinstance(settings, dict):
        _settings_of_keras_2(made, settings)
    return made


def _settings_of_keras_2(part: dict[str, Any], settings: dict[str, Any]) -> None:
    name = part["class_name"]
    settings.pop("quantization_config", None)
    if name == "Functional":
        part["module"], part["registered_name"] = "keras.src.engine.functional", "Functional"
        settings["output_layers"] = [settings["output_layers"]]
        settings["input_layers"] = [settings["input_layers"]]
    if "layers" in settings:
        for layer in settings["layers"]:
            layer["inbound_nodes"] = [[_call(node)] for node in layer["inbound_nodes"]]
    if name == "InputLayer":
        settings["batch_input_shape"] = settings.pop("batch_shape")
        settings.pop("optional", None)
    if "Conv" in name:
        settings["groups"] = 1
    if name == "SeparableConv2D":
        settings["kernel_initializer"] = settings["depthwise_initializer"]
        settings["kernel_regularizer"] = settings["kernel_constraint"] = None
    if name == "BatchNormalization":
        settings["axis"] = [3]
        for added in ("renorm", "virtual_batch_size", "synchronized"):
            settings.pop(added, None)


def _call(node: dict[str, Any]) -> list[Any]:
    """A call of a layer; the first call of a model was its own making."""
    layer, call, output = node["args"][0]["config"]["keras_history"]
    return [layer, call + 1 if layer == "body" else call, output, {}]
