"""Gives each quantizer behind a residual addition an addition of its own.

Xception adds a block's input to its output and takes the sum twice: through a Relu into the next block
and as it is into the next addition. The two are quantized with different ranges. ONNX Runtime makes an
integer addition (QLinearAdd) of one with one quantizer behind it, and else adds in float: three passes over
the activations in place of one. Two integer additions cost less than one float one.
"""

from edgebreed.export.graph.index import Index, Model, Node, insert_after, redirect
from edgebreed.export.onnx_setup import onnx


def split_additions(model: Model) -> int:
    """Doubles each addition of dequantized values that two quantizers take.

    The copy takes its inputs in the other order, else ONNX Runtime would merge the two again.

    Returns:
        How many were doubled.
    """
    index = Index(model)
    doubled = [node for node in model.graph.node if _is_shared(index, node)]
    for node in doubled:
        second = index.takers[node.output[0]][1]
        name = f"{node.output[0]}_again"
        copy = onnx.helper.make_node("Add", [node.input[1], node.input[0]], [name], name=f"{node.name}_again")
        redirect([second], node.output[0], name)
        insert_after(model, node, copy)
    return len(doubled)


def _is_shared(index: Index, node: Node) -> bool:
    takers = index.takers[node.output[0]]
    return (
        node.op_type == "Add"
        and len(takers) == 2
        and node.output[0] not in index.outputs
        and all(taker.op_type == "QuantizeLinear" for taker in takers)
        and all(_is_dequantized(index, name) for name in node.input)
    )


def _is_dequantized(index: Index, name: str) -> bool:
    """Looks through pooling, which ONNX Runtime runs on the bytes."""
    pool = index.maker(name, "MaxPool")
    return index.maker(pool.input[0] if pool else name, "DequantizeLinear") is not None
