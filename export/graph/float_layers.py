"""Which layers of a quantized graph can stay in float, and how to restore them."""

from collections.abc import Collection

from edgebreed.export.graph.index import GraphIndex, Model, insert_after, set_constant

WEIGHTED_OPS = {"Conv", "MatMul", "Gemm"}
QUANTIZED_OPS = {*WEIGHTED_OPS, "Add", "Mul", "GlobalAveragePool", "AveragePool"}
PASS_THROUGH_OPS = {"Transpose", "MaxPool", "Squeeze", "Reshape", "Flatten"}
"""Operators that only move or select values; NNCF puts the quantizer before them."""


def quantized_layers(model: Model) -> tuple[str, ...]:
    """Names of the nodes that read quantized values, in the graph's order."""
    index = GraphIndex(model)
    return tuple(
        node.name
        for node in model.graph.node
        if node.op_type in QUANTIZED_OPS and any(_is_quantized(index, name) for name in node.input)
    )


def restore_float_layers(quantized: Model, original: Model, layers: Collection[str]) -> None:
    """Gives layers their float inputs, weights and biases back; all others stay quantized.

    Args:
        quantized: is changed.
        original: the float model, whose nodes have the same names.
        layers: names of nodes.
    """
    before = GraphIndex(original)
    floats = {node.name: node for node in original.graph.node if node.name in layers}
    for node in [node for node in quantized.graph.node if node.name in floats]:
        for place, name in enumerate(floats[node.name].input):
            values = before.constant(name)
            if values is not None:
                node.input[place] = f"{name}_original"
                set_constant(quantized, f"{name}_original", values)
            else:
                source = _float_source(quantized, GraphIndex(quantized), node.input[place])
                node.input[place] = source or node.input[place]


def _is_quantized(index: GraphIndex, name: str) -> bool:
    producer = index.producers.get(name)
    if producer is None or producer.op_type not in PASS_THROUGH_OPS:
        return producer is not None and producer.op_type == "DequantizeLinear"
    return _is_quantized(index, producer.input[0])


def _float_source(model: Model, index: GraphIndex, name: str) -> str | None:
    """The value before it was quantized.

    Operators in between are copied, as other layers still read their quantized output.
    """
    producer = index.producers.get(name)
    if producer is None:
        return None
    if producer.op_type == "DequantizeLinear":
        quantizer = index.producer(producer.input[0], "QuantizeLinear")
        return None if quantizer is None else quantizer.input[0]
    passes = producer.op_type in PASS_THROUGH_OPS
    source = _float_source(model, index, producer.input[0]) if passes else None
    if source is None:
        return None
    output = f"{name}_float"
    if output not in index.producers:
        copy = type(producer)()
        copy.CopyFrom(producer)
        copy.name, copy.input[0], copy.output[0] = f"{producer.name}_float", source, output
        insert_after(model, producer, copy)
    return output
