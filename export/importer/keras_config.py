"""Descriptions of Keras models in their files, and which classes they may name.

A description names classes. Those of Keras alone are allowed: a `Lambda` layer holds code, and a layer of the
author's own cannot be made without its code.
"""

from collections.abc import Iterator
from typing import Any

from edgebreed.errors import ModelFileError
from edgebreed.export.importer.keras2_operations import NAMES
from edgebreed.train.keras_setup import keras

MAX_DEPTH = 64  # of a description; models in models in wrappers have some 20
REMEDY = "convert the model to ONNX with tf2onnx where its code is, and import that"
MODELS = {"Model", "Functional", "Sequential"}
POLICIES = {"Policy", "DTypePolicy"}
_CODE = {"Lambda", "__lambda__"}
_VALUES = {"__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__keras_tensor__", "__tuple__", "slice"}
"""Names that stand for no class, such as constants among the arguments of a layer."""
_HOMES = ("layers", "initializers", "regularizers", "constraints", "activations", "dtype_policies", "random")


def check_config(config: Any) -> None:
    """Refuses a model that needs more than Keras has.

    Args:
        config: a model's description, from JSON.

    Raises:
        ModelFileError: it has a layer of code, or one of the author's own.
    """
    for part, layer in parts(config):
        name = str(part["class_name"])  # of a damaged file it may be anything
        if name in _CODE:
            raise ModelFileError(f"the layer {layer!r} is a Lambda, whose code is not run: {REMEDY}")
        if not _is_known(name, part.get("module")):
            raise ModelFileError(f"the layer {layer!r} is {name!r}, which is not of Keras: {REMEDY}")


def _is_known(name: str, module: object) -> bool:
    if name in _VALUES or name in MODELS or name in NAMES or name in POLICIES:
        return True
    if name == "function":
        return module == "builtins"
    if str(module).startswith("keras.src.ops."):  # an operation between layers, as Keras 3 writes it
        return True
    is_of_keras = module is None or str(module).split(".")[0] == "keras"
    return is_of_keras and any(hasattr(getattr(keras, home), name) for home in _HOMES)


def parts(config: Any, layer: str = "", depth: int = MAX_DEPTH) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object of a description that names a class, outermost first.

    Args:
        config: the description, or a part of it.
        layer: the name of the layer that it is in.
        depth: levels that may be below it.

    Yields:
        The object, which may be changed, and the name of the layer that it is, or is in.

    Raises:
        ModelFileError: there are more levels.
    """
    if depth == 0:
        raise ModelFileError(f"a description of over {MAX_DEPTH} levels is refused: {REMEDY}")
    if isinstance(config, dict):
        settings = config.get("config")
        if isinstance(settings, dict):
            layer = str(settings.get("name", layer))
        if "class_name" in config:
            yield config, layer
        config = list(config.values())
    if isinstance(config, list):
        for item in config:
            yield from parts(item, layer, depth - 1)
