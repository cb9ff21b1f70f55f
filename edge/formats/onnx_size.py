"""Bounds what an ONNX graph makes of the numbers in its file: a few bytes state tensors of any size.

Sizes that are computed from an image's own shape are not known here, and are not bounded.
"""

import math
from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import NamedTuple

import numpy as np

from edgebreed.edge.formats.onnx_fold import (
    constant,
    float_attribute,
    folded,
    list_attribute,
    tensor_attribute,
    whole_attribute,
)
from edgebreed.edge.formats.onnx_graph import Graph, Node
from edgebreed.edge.formats.onnx_nodes import CALLED_NAME, Name, name_of
from edgebreed.edge.formats.onnx_tensors import Numbers, tensor_shape, tensor_values
from edgebreed.edge.formats.protobuf import messages
from edgebreed.errors import ModelFileError

MAX_STATED = 1 << 26
"""Numbers of a tensor whose size the file states."""
MAX_GROWTH = 1 << 16
"""How many times the size of a tensor an operator may make of it."""
MAX_COMPUTED, MAX_PER_BYTE = 1 << 26, 4
"""Numbers computed from the file's own at opening: so many, and some for each byte of the file."""

STATED: dict[bytes, tuple[int, ...]] = {
    **dict.fromkeys((b"ConstantOfShape", b"HannWindow", b"HammingWindow", b"BlackmanWindow"), (0,)),
    **dict.fromkeys((b"Expand", b"CenterCropPad", b"Col2Im", b"AffineGrid", b"OneHot", b"DFT"), (1,)),
    b"MelWeightMatrix": (0, 1),
    b"MaxUnpool": (2,),
    b"Resize": (3,),
    b"CropAndResize": (3,),
}
"""Operators and their inputs that hold the sides of a tensor that they make."""
GROWING: dict[bytes, tuple[int, ...]] = {b"Tile": (1,), b"Resize": (1, 2), b"Upsample": (1,)}
"""Operators and their inputs that say by how much each side of a tensor grows."""
_PAD, _RANGE = b"Pad", b"Range"
_OPERANDS = {**STATED, **GROWING, b"Resize": (1, 2, 3), _PAD: (1,), _RANGE: (0, 1, 2)}
_PRODUCTS = (b"MatMul", b"Gemm", b"Einsum", b"Gather", b"GatherND")
_ELEMENTWISE = {
    *(b"Add", b"Sub", b"Mul", b"Div", b"Pow", b"Mod", b"PRelu", b"BitShift", b"Where"),
    *(b"Max", b"Min", b"Mean", b"Sum", b"And", b"Or", b"Xor", b"Equal"),
    *(b"Greater", b"GreaterOrEqual", b"Less", b"LessOrEqual", b"BitwiseAnd", b"BitwiseOr", b"BitwiseXor"),
}
_SQUARE = 2  # sides of a matrix


class Constant(NamedTuple):
    """A tensor that depends on no image.

    Attributes:
        size: how many numbers it has, at most.
        shape: None where it is not known.
        values: None where they are many, or not known.
    """

    size: int
    shape: tuple[int, ...] | None = None
    values: Numbers | None = None


Known = MutableMapping[bytes, Constant | None]
"""The constants by name; None hides one of an outer graph."""


def check_stated_sizes(graph: Graph, functions: Mapping[Name, Graph], size: int) -> None:
    """Refuses a graph that makes more of the numbers in its file than an image classifier needs.

    To be called for a graph whose functions, written out, have a bounded number of nodes.

    Args:
        graph: of the model.
        functions: the body of each of its functions.
        size: of the file, in bytes.

    Raises:
        ModelFileError: with the operator and what is allowed.
    """
    _SizeChecker(functions, MAX_COMPUTED + MAX_PER_BYTE * size).walk(graph, ChainMap())


class _SizeChecker:
    """Follows constants through a graph, and adds up what is computed from them.

    Args:
        functions: the body of each.
        most: numbers that may be computed.
    """

    def __init__(self, functions: Mapping[Name, Graph], most: int) -> None:
        self._functions, self._left, self._most = functions, most, most

    def walk(self, graph: Graph, known: ChainMap[bytes, Constant | None]) -> None:
        """Checks a graph in which some names are known, and adds those that it computes."""
        known.update({name: None for name in graph.inputs if name not in known.maps[0]})
        known.update({name: self._weight(tensor) for name, tensor in graph.weights.items()})
        for node in graph.nodes:
            for below in node.subgraphs:
                self.walk(below, known.new_child())
            outputs = self._called(node, known) or [self._made(node, known)] * len(node.outputs)
            known.update(zip(node.outputs, outputs, strict=False))

    def _called(self, node: Node, known: Known) -> list[Constant | None]:
        """What a function gives; empty where the node calls none."""
        body = self._functions.get(name_of(messages(node.message), CALLED_NAME))
        if body is None:
            return []
        inner: ChainMap[bytes, Constant | None] = ChainMap(
            dict(zip(body.inputs, map(known.get, node.inputs), strict=False))
        )
        self.walk(body, inner)
        return [inner.get(name) for name in body.outputs]

    def _made(self, node: Node, known: Known) -> Constant | None:
        """Checks the size that a node states; what it gives, where no image goes into that."""
        inputs = [known.get(name) if name else None for name in node.inputs]
        stated = _check_stated(node, inputs)
        if node.kind == b"Shape" and inputs and inputs[0] and inputs[0].shape is not None:
            return _of_values(np.asarray(inputs[0].shape, np.int64))
        if node.kind == b"Constant":
            return self._constant(node)
        present = [one for one, name in zip(inputs, node.inputs, strict=True) if name]
        if None in present or not present or node.subgraphs:
            return None
        made = _computed(node, inputs, [one for one in present if one], stated)
        self._left -= made.size
        if self._left < 0:
            raise _refused(f"an ONNX file that makes over {self._most:,} numbers at opening is refused")
        return made

    def _weight(self, tensor: memoryview) -> Constant:
        """Its file holds all of its values: `check_weights` has counted them."""
        shape = tensor_shape(tensor)
        return Constant(math.prod(shape), shape, tensor_values(tensor))

    def _constant(self, node: Node) -> Constant:
        values, tensor = constant(node), tensor_attribute(node)
        return self._weight(tensor or memoryview(b"")) if values is None else _of_values(values)


def _of_values(values: Numbers) -> Constant:
    return Constant(values.size, values.shape, values)


def _computed(
    node: Node, inputs: Sequence[Constant | None], present: Sequence[Constant], stated: float
) -> Constant:
    """What a node gives for constants: its values where these are few, else at least how many they are."""
    few = all(one.values is not None for one in present) and stated <= MAX_STATED
    values = folded(node, [one and one.values for one in inputs]) if few else None
    if values is not None:
        return _of_values(values)
    counts, shapes = [one.size for one in present], [one.shape for one in present]
    shape = _shape_of(node, present)
    if shape is not None:
        return Constant(math.prod(shape), shape)
    if node.kind in _PRODUCTS:
        return Constant(math.prod(counts))
    broadcast = _broadcast(shapes) if node.kind in _ELEMENTWISE else 0
    return Constant(max(int(stated), *counts, broadcast))


def _shape_of(node: Node, inputs: Sequence[Constant]) -> tuple[int, ...] | None:
    """Of the operators that make much of little, and stand among the constants of ordinary files too."""
    shapes = [one.shape for one in inputs if one.shape is not None]
    if node.kind == b"ConstantOfShape" and inputs[0].values is not None:
        return tuple(int(side) for side in np.ravel(inputs[0].values))
    if node.kind == b"MatMul" and [len(shape) for shape in shapes] == [_SQUARE, _SQUARE]:
        return shapes[0][0], shapes[1][1]
    axis = whole_attribute(node, b"axis")
    if node.kind == b"Gather" and len(shapes) == _SQUARE and -len(shapes[0]) <= axis < len(shapes[0]):
        at = axis % len(shapes[0])
        return (*shapes[0][:at], *shapes[1], *shapes[0][at + 1 :])
    return None


def _broadcast(shapes: Sequence[tuple[int, ...] | None]) -> int:
    """Numbers of what tensors of these shapes come to where each side is as long as the longest."""
    try:
        return math.prod(np.broadcast_shapes(*(shape for shape in shapes if shape is not None)))
    except ValueError:
        return 0


def _check_stated(node: Node, inputs: Sequence[Constant | None]) -> float:
    """Numbers that a node makes as the file states; 0 where it does not."""
    operands = {at: inputs[at] for at in _OPERANDS.get(node.kind, ()) if at < len(inputs)}
    if any(one is not None and one.values is None for one in operands.values()):
        raise _refused(f"{_kind(node)} of a size that is computed in ways unknown here is refused")
    values = {
        at: np.ravel(one.values).tolist() for at, one in operands.items() if one and one.values is not None
    }
    stated = max([*_by_operands(node, values, inputs), *_by_attributes(node)], default=0.0)
    growth = max((_sides(values[at]) for at in GROWING.get(node.kind, ()) if at in values), default=1.0)
    growth = max(growth, _growth_by_attributes(node))
    data = inputs[0].size if inputs and inputs[0] else 0
    stated = max(stated, growth * data if growth > 1 else 0.0)
    if stated > MAX_STATED:
        raise _refused(
            f"{_kind(node)} that makes over {MAX_STATED:,} numbers, as the file states, is refused"
        )
    if growth > MAX_GROWTH and not data:
        raise _refused(f"{_kind(node)} that makes over {MAX_GROWTH:,} numbers of each is refused")
    return stated


def _by_operands(
    node: Node, values: Mapping[int, list[float]], inputs: Sequence[Constant | None]
) -> Sequence[float]:
    if node.kind == _PAD:
        return [_padded(values[1])] if 1 in values else []
    if node.kind == _RANGE:
        return [_length(*(values[at] for at in range(3)))] if len(values) == len(_OPERANDS[_RANGE]) else []
    times = inputs[0].size if node.kind == b"OneHot" and inputs[0] else 1
    return [times * _sides(values[at]) for at in STATED.get(node.kind, ()) if at in values]


def _by_attributes(node: Node) -> Sequence[float]:
    """Sizes that stand among attributes, each with the operators that have it."""
    stated = [_sides(list_attribute(node, name)) for name in (b"output_shape", b"pooled_shape")]
    if node.kind in (b"RandomNormal", b"RandomUniform"):
        stated.append(_sides(list_attribute(node, b"shape")))
    sides = [whole_attribute(node, name) for name in (b"output_height", b"output_width")]
    indices = [at + 1 for at in list_attribute(node, b"ngram_indexes")]
    return [
        *stated,
        _sides(sides),
        float(max(indices, default=0)),
        float(whole_attribute(node, b"sample_size")),
        _padded(list_attribute(node, b"pads")),
        _sides([1 + side for side in list_attribute(node, b"output_padding")]),
    ]


def _growth_by_attributes(node: Node) -> float:
    strides = list_attribute(node, b"strides") if node.kind == b"ConvTranspose" else []
    scales = float_attribute(node, b"scales") if node.kind == b"Upsample" else []
    return max(_sides(strides), _sides(scales))


def _sides(sides: Sequence[float]) -> float:
    """The product of a tensor's sides, of which one that is none counts as one."""
    return math.prod(float(max(1, side)) for side in sides)


def _padded(pads: Sequence[float]) -> float:
    """What one number becomes with these in front of each side and behind it."""
    half = len(pads) // 2
    return _sides(
        [
            1 + max(0, before) + max(0, behind)
            for before, behind in zip(pads[:half], pads[half:], strict=False)
        ]
    )


def _length(start: list[float], limit: list[float], step: list[float]) -> float:
    """How many numbers a range has."""
    if not (start and limit and step):
        return 0.0
    return (limit[0] - start[0]) / step[0] if step[0] else math.inf


def _kind(node: Node) -> str:
    return node.kind.decode(errors="backslashreplace")


def _refused(what: str) -> ModelFileError:
    return ModelFileError(f"{what}: export it with `edgebreed export`")
