"""Who makes and who takes each value of an ONNX graph."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.onnx_setup import onnx

Node = onnx.NodeProto
Model = onnx.ModelProto


class Index:
    """A look-up of a graph as it is now; make another one after an edit.

    Attributes:
        graph: the model's main graph.
        initializers: constant tensors by name.
        makers: the node that makes each value.
        takers: the nodes that take each value, in the graph's order.
        outputs: names of the graph's outputs.
    """

    def __init__(self, model: Model) -> None:
        self.graph = model.graph
        self.initializers = {tensor.name: tensor for tensor in self.graph.initializer}
        self.makers = {name: node for node in self.graph.node for name in node.output}
        self.takers: defaultdict[str, list[Node]] = defaultdict(list)
        for node in self.graph.node:
            for name in dict.fromkeys(node.input):
                self.takers[name].append(node)
        self.outputs = {value.name for value in self.graph.output}

    def constant(self, name: str) -> NDArray[Any] | None:
        """A constant's values, or None where the value is computed."""
        tensor = self.initializers.get(name)
        return None if tensor is None else np.asarray(onnx.numpy_helper.to_array(tensor))

    def maker(self, name: str, kind: str) -> Node | None:
        """The node of this operator that makes a value, if it is one."""
        node = self.makers.get(name)
        return node if node is not None and node.op_type == kind else None

    def only_taker(self, name: str) -> Node | None:
        """The one node that takes a value, where there is exactly one and the value is no output."""
        takers = self.takers[name]
        return takers[0] if len(takers) == 1 and name not in self.outputs else None


def copied(model: Model) -> Model:
    """A model to edit, while the first stays as it is."""
    copy = Model()
    copy.CopyFrom(model)
    return copy


def attribute(node: Node, name: str, default: Any) -> Any:
    """An attribute's value, or its default."""
    found = [item for item in node.attribute if item.name == name]
    return onnx.helper.get_attribute_value(found[0]) if found else default


def set_constant(model: Model, name: str, values: NDArray[Any]) -> None:
    """Adds a constant, or replaces the one of that name."""
    tensor = onnx.numpy_helper.from_array(np.asarray(values, order="C"), name)
    for kept in model.graph.initializer:
        if kept.name == name:
            kept.CopyFrom(tensor)
            return
    model.graph.initializer.append(tensor)


def redirect(nodes: Iterable[Node], old: str, new: str) -> None:
    """Makes nodes take another value in place of one."""
    for node in nodes:
        node.input[:] = [new if name == old else name for name in node.input]


def insert_after(model: Model, node: Node, added: Node) -> None:
    """Puts a node right behind another, so that the order stays topological."""
    position = next(place for place, kept in enumerate(model.graph.node) if kept is node)
    model.graph.node.insert(position + 1, added)
