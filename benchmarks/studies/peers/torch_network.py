"""The network of a float ONNX file that edgebreed exported, for PyTorch.

It knows the operators of edgebreed's own exports, and refuses any other.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch.nn import functional

from edgebreed.errors import InputError

Operator = Callable[..., torch.Tensor]
_TYPES: dict[int, torch.dtype] = {
    onnx.TensorProto.FLOAT: torch.float32,
    onnx.TensorProto.FLOAT16: torch.float16,
    onnx.TensorProto.UINT8: torch.uint8,
}
_NO_PADS = (0, 0, 0, 0)


def read_network(path: Path, *, widen: bool = False) -> torch.fx.GraphModule:
    """Reads an ONNX file into a module that takes `(N, H, W, 3) uint8 RGB` and returns its outputs in order.

    Weights are buffers, as nothing here trains them; convolutions compute in `channels_last`.

    Args:
        path: the file.
        widen: compute float16 in float32, as ONNX Runtime does on a processor that lacks it.

    Raises:
        InputError: the file has an operator or an attribute that no float export of edgebreed has.
    """
    graph, traced = onnx.load(path).graph, torch.fx.Graph()
    values: dict[str, Any] = {graph.input[0].name: traced.placeholder("image")}
    weights = _add_constants(graph, traced, values)
    for node in graph.node:
        inputs = tuple(values[name] if name else None for name in node.input)
        call = _operator(path, node), inputs, _attributes(node, widen)
        values[node.output[0]] = traced.call_function(*call)
    traced.output([values[output.name] for output in graph.output])
    network = torch.fx.GraphModule(weights, traced).to(memory_format=torch.channels_last)
    return network.float() if widen else network


def _add_constants(
    graph: onnx.GraphProto, traced: torch.fx.Graph, values: dict[str, Any]
) -> dict[str, torch.Tensor]:
    """Adds the file's constants to the values by their names; returns the weights among them by new ones."""
    weights: dict[str, torch.Tensor] = {}
    for number, tensor in enumerate(graph.initializer):
        value, name = onnx.numpy_helper.to_array(tensor), f"constant_{number}"
        if _is_literal(value):
            values[tensor.name] = value.tolist()
        else:
            weights[name] = torch.from_numpy(value.copy())
            values[tensor.name] = traced.get_attr(name)
    return weights


def _is_literal(value: np.ndarray[Any, Any]) -> bool:
    """Axes and single numbers, which PyTorch takes as Python's own."""
    return value.ndim == 0 or value.dtype == np.int64


def _attributes(node: onnx.NodeProto, widen: bool) -> dict[str, Any]:
    found = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    if widen and found.get("to") == onnx.TensorProto.FLOAT16:
        found["to"] = onnx.TensorProto.FLOAT
    return found


def _operator(path: Path, node: onnx.NodeProto) -> Operator:
    try:
        operator, known = _OPERATORS[node.op_type]
    except KeyError:
        raise InputError(f"{path}: no PyTorch for {node.op_type}: give an fp32 or fp16 export") from None
    unknown = sorted({one.name for one in node.attribute} - known)
    if unknown:
        raise InputError(f"{path}: {node.op_type} with {', '.join(unknown)}: give an fp32 or fp16 export")
    return operator


def _conv(
    image: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None = None,
    *,
    pads: Sequence[int] = _NO_PADS,
    group: int = 1,
    **steps: Sequence[int],
) -> torch.Tensor:
    image, padding = _padded(image, pads, 0.0)
    strides, dilations = steps.get("strides", (1, 1)), steps.get("dilations", (1, 1))
    return functional.conv2d(image, weight, bias, strides, padding, dilations, group)


def _max_pool(
    image: torch.Tensor,
    *,
    kernel_shape: Sequence[int],
    pads: Sequence[int] = _NO_PADS,
    strides: Sequence[int] = (1, 1),
) -> torch.Tensor:
    image, padding = _padded(image, pads, float("-inf"))
    return functional.max_pool2d(image, kernel_shape, strides, padding)


def _padded(image: torch.Tensor, pads: Sequence[int], value: float) -> tuple[torch.Tensor, tuple[int, int]]:
    """The image, and the padding that its operator adds: PyTorch's adds as much on either side."""
    top, left, bottom, right = pads
    if (top, left) == (bottom, right):
        return image, (top, left)
    return functional.pad(image, (left, right, top, bottom), value=value), (0, 0)


def _cast(value: torch.Tensor, *, to: int) -> torch.Tensor:
    return value.to(_TYPES[to])


def _transpose(value: torch.Tensor, *, perm: Sequence[int]) -> torch.Tensor:
    return value.permute(*perm)


def _average(image: torch.Tensor) -> torch.Tensor:
    return image.mean((2, 3), keepdim=True)


def _squeeze(value: torch.Tensor, axes: Sequence[int]) -> torch.Tensor:
    return value.squeeze(tuple(axes))


def _softmax(value: torch.Tensor, *, axis: int = -1) -> torch.Tensor:
    return value.softmax(axis)


_CONV = {"pads", "strides", "dilations", "group", "kernel_shape"}
_OPERATORS: dict[str, tuple[Operator, set[str]]] = {
    "Add": (torch.add, set()),
    "Cast": (_cast, {"to"}),
    "Clip": (torch.clamp, set()),
    "Conv": (_conv, _CONV),
    "GlobalAveragePool": (_average, set()),
    "MatMul": (torch.matmul, set()),
    "MaxPool": (_max_pool, {"pads", "strides", "kernel_shape"}),
    "Mul": (torch.mul, set()),
    "Relu": (torch.relu, set()),
    "Sigmoid": (torch.sigmoid, set()),
    "Softmax": (_softmax, {"axis"}),
    "Squeeze": (_squeeze, set()),
    "Transpose": (_transpose, {"perm"}),
}
"""PyTorch's function for an operator, and the attributes that it heeds."""
