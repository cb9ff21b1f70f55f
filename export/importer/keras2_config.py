"""Brings descriptions that Keras 2 wrote up to date, so that Keras 3 reads them.

What is changed here was found with models that TensorFlow 2.15, the last with Keras 2, saved in both of its
formats; Keras 3 refuses each.
"""

from collections.abc import Iterator
from typing import Any

from edgebreed.export.importer.keras2_operations import NAMES
from edgebreed.export.importer.keras_config import MODELS, POLICIES, parts

_OLD_HOMES = ("keras.engine", "keras.layers.", "keras.src.engine", "keras.src.layers")
"""Where Keras 2 had classes, as modules begin."""
_OLD_ACTIVATIONS = {"softmax_v2": "softmax", "swish": "silu"}
_SEPARABLE = "depthwise_initializer"  # what only convolutions have that are split into two
_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")


def modernize(config: Any) -> Any:
    """A description as Keras 3 reads it; one that Keras 3 wrote stays as it is.

    Args:
        config: a model's description, which is changed in place.

    Returns:
        The same.
    """
    for part, _ in parts(config):
        settings = part.get("config")
        if isinstance(settings, dict):
            _update_home(part)
            _update_settings(part, settings)
            _update_calls(settings.get("layers"), settings.get("output_layers"))
            _update_ends(settings)
        if part["class_name"] in NAMES:
            part["inbound_nodes"] = [_function_call(node) for node in part.get("inbound_nodes", [])]
    return config


def _update_home(part: dict[str, Any]) -> None:
    name = part["class_name"]
    if not str(part.get("module")).startswith(_OLD_HOMES):
        return
    part["module"] = "keras" if name in MODELS else "keras.layers"
    part["registered_name"] = name if name in NAMES else None
    if name == "Functional":
        part["module"], part["registered_name"] = "keras.src.models.functional", name


def _update_settings(part: dict[str, Any], settings: dict[str, Any]) -> None:
    if part["class_name"] == "InputLayer" and "batch_input_shape" in settings:
        settings["batch_shape"] = settings.pop("batch_input_shape")
    if "module" in part:  # in older files this is the only shape that there is, and Keras reads it there
        settings.pop("batch_input_shape", None)
    if settings.get("groups") == 1:  # Keras 2 wrote it of all convolutions, and some cannot have it
        del settings["groups"]
    if _SEPARABLE in settings:
        for name in _KERNEL:
            settings.pop(name, None)
    axis, activation, dtype = (settings.get(name) for name in ("axis", "activation", "dtype"))
    if isinstance(axis, list) and len(axis) == 1:
        settings["axis"] = axis[0]
    if isinstance(activation, str):
        settings["activation"] = _OLD_ACTIVATIONS.get(activation, activation)
    if isinstance(dtype, dict) and dtype.get("class_name") in POLICIES:
        settings["dtype"] = "float32"  # weights are, also of a model that was trained in mixed precision


def _update_calls(layers: Any, outputs: Any) -> None:
    """Counts the calls of models inside a model from 0; for Keras 2, the first was their own making."""
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        return
    calls = [*_tensors([layer.get("inbound_nodes") for layer in layers]), *_tensors(outputs)]
    for layer in layers:
        if layer.get("class_name") in MODELS:
            own = [call for call in calls if call[0] == layer.get("name")]
            last = len(layer.get("inbound_nodes") or []) - 1
            surplus = max((call[1] for call in own), default=last) - last
            for call in own:
                call[1] -= surplus


def _update_ends(settings: dict[str, Any]) -> None:
    """Takes a single input or output out of its list, without which a model inside a model gives a list."""
    for name in ("input_layers", "output_layers"):
        ends = settings.get(name)
        if isinstance(ends, list) and len(ends) == 1 and _is_tensor(ends[0]):
            settings[name] = ends[0]


def _tensors(value: Any) -> Iterator[list[Any]]:
    """Outputs of layers in lists: the layer's name, the number of the call and of the output."""
    if _is_tensor(value):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _tensors(item)


def _is_tensor(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(number, int) for number in value[1:3])
    )


def _function_call(node: Any) -> Any:
    """A call of a function: its tensors, of which Keras 2 keeps all but the first among the arguments."""
    if not _is_tensor(node) or len(node) == 3:
        return node
    arguments = node[3]
    tensors = {key: value for key, value in arguments.items() if _is_tensor(value)}
    others = {key: value for key, value in arguments.items() if key not in tensors}
    return [[*tensor[:3], others] for tensor in (node, *tensors.values())]
