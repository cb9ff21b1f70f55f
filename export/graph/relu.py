"""Drops a Relu where the quantizer behind it cuts negative values off anyway."""

import numpy as np

from edgebreed.export.graph.index import Index, Model, Node, redirect


def drop_relus(model: Model) -> int:
    """Drops each Relu all of whose takers are quantizers whose lowest value is 0.

    Saturation does what the Relu did, so the answers are the same. ONNX Runtime does this too, but after
    it has looked for integer additions, so that an addition with a Relu behind it stays float.

    Returns:
        How many were dropped.
    """
    index = Index(model)
    dropped = [node for node in model.graph.node if node.op_type == "Relu" and _is_needless(index, node)]
    for node in dropped:
        redirect(index.takers[node.output[0]], node.output[0], node.input[0])
        model.graph.node.remove(node)
    return len(dropped)


def _is_needless(index: Index, relu: Node) -> bool:
    takers = index.takers[relu.output[0]]
    return (
        bool(takers) and relu.output[0] not in index.outputs and all(_starts_at_0(index, n) for n in takers)
    )


def _starts_at_0(index: Index, node: Node) -> bool:
    if node.op_type != "QuantizeLinear":
        return False
    zero = index.constant(node.input[2])
    return zero is not None and zero.size == 1 and bool(zero.item() == np.iinfo(zero.dtype).min)
