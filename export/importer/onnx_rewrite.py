"""Puts the preprocessing of a foreign ONNX classifier into its graph.

Afterwards it is a model as edgebreed exports them: it takes `image`, `(N, H, W, 3) uint8 RGB`, and gives
`probabilities`, `(N, classes) float32`. Only how a photo becomes H x W is left to the manifest.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgebreed.errors import ModelFileError
from edgebreed.export.graph.index import Model, Node, onnx, set_constant
from edgebreed.export.importer.pixel_transform import (
    GREY_WEIGHTS,
    Channels,
    Layout,
    OutputKind,
    PixelTransform,
)

IMAGE, PROBABILITIES = "image", "probabilities"
_BGR, _GREY, _HALF, _FACTOR, _OFFSET = (
    f"image_{name}" for name in ("bgr", "grey", "half", "factor", "offset")
)
_ADDED = {IMAGE, PROBABILITIES, _BGR, _GREY, _HALF, _FACTOR, _OFFSET}
_ACTIVATIONS: dict[OutputKind, tuple[str, dict[str, Any]]] = {
    OutputKind.LOGITS: ("Softmax", {"axis": 1}),
    OutputKind.SIGMOID: ("Sigmoid", {}),
}


def without_added_names(model: Model) -> None:
    """Gives all values of a model other names where one bears a name that is added here.

    Args:
        model: changed in place; its inputs and outputs stay in their order.
    """
    constants = {tensor.name for tensor in model.graph.initializer}
    values = {name for node in model.graph.node for name in (*node.input, *node.output)}
    if _ADDED & (constants | values):
        onnx.compose.add_prefix(model, "own_", inplace=True)


def with_image_input(model: Model, name: str, transform: PixelTransform, sides: tuple[int, int]) -> None:
    """Replaces a model's own input by `image`, and computes it from that.

    Args:
        model: changed in place.
        name: of its own input.
        transform: from grey levels to the model's own input.
        sides: height and width of the input in px.

    Raises:
        ModelFileError: the model's own input takes whole numbers, and the transform makes fractions.
    """
    own = next(value for value in model.graph.input if value.name == name)
    kind = own.type.tensor_type.elem_type
    nodes = _from_image(model, name, kind, transform)
    for place, node in enumerate(nodes):
        model.graph.node.insert(place, node)
    model.graph.input.remove(own)
    shape = [_batch(own), *sides, 3]
    model.graph.input.insert(0, onnx.helper.make_tensor_value_info(IMAGE, onnx.TensorProto.UINT8, shape))


def _batch(value: Any) -> int | str:
    """The number of images of an input or output; some programs write -1 where it is open."""
    size = value.type.tensor_type.shape.dim[0].dim_value
    return int(size) if size > 0 else "N"


def _from_image(model: Model, name: str, kind: int, transform: PixelTransform) -> list[Node]:
    steps: list[tuple[str, tuple[str, ...], dict[str, Any]]] = []
    if kind == onnx.TensorProto.UINT8:
        _refuse_fractions(transform)
        steps += _ordered(model, transform.channels, np.uint8)
    else:
        steps.append(("Cast", (), {"to": onnx.TensorProto.FLOAT}))
        steps += _ordered(model, transform.channels, np.float32) + _scaled(model, transform)
    if transform.layout is Layout.NCHW:
        steps.append(("Transpose", (), {"perm": [0, 3, 1, 2]}))
    if kind not in (onnx.TensorProto.UINT8, onnx.TensorProto.FLOAT):
        steps.append(("Cast", (), {"to": kind}))
    return _chain(IMAGE, name, steps or [("Identity", (), {})])


def _refuse_fractions(transform: PixelTransform) -> None:
    if transform.channels is Channels.GRAY or not transform.is_identity:
        raise ModelFileError(
            "the model's input is uint8, so it scales pixels itself: pass --scale 1 without --mean and "
            "--std, and --channels rgb or bgr"
        )


def _ordered(
    model: Model, channels: Channels, dtype: type[np.generic]
) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    if channels is Channels.RGB:
        return []
    if channels is Channels.BGR:
        set_constant(model, _BGR, np.array([2, 1, 0], np.int64))
        return [("Gather", (_BGR,), {"axis": 3})]
    set_constant(model, _GREY, np.array(GREY_WEIGHTS, dtype).reshape(3, 1))
    set_constant(model, _HALF, np.array(0.5, dtype))
    # the original program rounds grey to whole levels
    return [("MatMul", (_GREY,), {}), ("Add", (_HALF,), {}), ("Floor", (), {})]


def _scaled(model: Model, transform: PixelTransform) -> list[tuple[str, tuple[str, ...], dict[str, Any]]]:
    if transform.is_identity:
        return []
    set_constant(model, _FACTOR, transform.factor)
    set_constant(model, _OFFSET, transform.offset)
    return [("Mul", (_FACTOR,), {}), ("Add", (_OFFSET,), {})]


def _chain(first: str, last: str, steps: Sequence[tuple[str, tuple[str, ...], dict[str, Any]]]) -> list[Node]:
    """Nodes of which each takes the one before, from value `first` to value `last`."""
    names = [first, *(f"{last}_step_{number}" for number in range(1, len(steps))), last]
    return [
        onnx.helper.make_node(kind, [names[place], *further], [names[place + 1]], **attributes)
        for place, (kind, further, attributes) in enumerate(steps)
    ]


def with_probabilities(model: Model, name: str, kind: OutputKind, classes: int) -> None:
    """Makes `probabilities` of one of a model's outputs, the only one that is left.

    Args:
        model: changed in place.
        name: of its own output, `(N, classes)`, or with further dimensions of 1.
        kind: what that holds.
        classes: how many.
    """
    own = next(value for value in model.graph.output if value.name == name)
    steps: list[tuple[str, tuple[str, ...], dict[str, Any]]] = []
    if own.type.tensor_type.elem_type != onnx.TensorProto.FLOAT:
        steps.append(("Cast", (), {"to": onnx.TensorProto.FLOAT}))
    if len(own.type.tensor_type.shape.dim) != 2:
        steps.append(("Flatten", (), {"axis": 1}))
    if kind in _ACTIVATIONS:
        operator, attributes = _ACTIVATIONS[kind]
        steps.append((operator, (), attributes))
    model.graph.node.extend(_chain(name, PROBABILITIES, steps or [("Identity", (), {})]))
    shape = [_batch(own), classes]
    del model.graph.output[:]
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(PROBABILITIES, onnx.TensorProto.FLOAT, shape)
    )
