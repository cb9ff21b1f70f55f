"""Which layers of a quantized graph can go back to float, and taking them there."""

from collections.abc import Collection

from edgebreed.export.graph.index import Index, Model, insert_after, set_constant

WEIGHTED = {"Conv", "MatMul", "Gemm"}
QUANTIZED = {*WEIGHTED, "Add", "Mul", "GlobalAveragePool", "AveragePool"}
PASSING = {"Transpose", "MaxPool", "Squeeze", "Reshape", "Flatten"}
"""What hands bytes on as they are, so that quantizers move above it."""


def quantized_layers(model: Model) -> tuple[str, ...]:
    """Names of the nodes that take quantized values, in the graph's order."""
    index = Index(model)
    return tuple(
        node.name
        for node in model.graph.node
        if node.op_type in QUANTIZED and any(_is_quantized(index, name) for name in node.input)
    )


def keep_float(quantized: Model, original: Model, layers: Collection[str]) -> None:
    """Gives layers their float inputs, weights and biases back; the rest stays quantized.

    Args:
        quantized: is changed.
        original: the float model, whose nodes have the same names.
        layers: names of nodes.
    """
    before = Index(original)
    floats = {node.name: node for node in original.graph.node if node.name in layers}
    for node in [node for node in quantized.graph.node if node.name in floats]:
        for place, name in enumerate(floats[node.name].input):
            values = before.constant(name)
            if values is not None:
                node.input[place] = f"{name}_original"
                set_constant(quantized, f"{name}_original", values)
            else:
                source = _float_source(quantized, Index(quantized), node.input[place])
                node.input[place] = source or node.input[place]


def _is_quantized(index: Index, name: str) -> bool:
    maker = index.makers.get(name)
    if maker is None or maker.op_type not in PASSING:
        return maker is not None and maker.op_type == "DequantizeLinear"
    return _is_quantized(index, maker.input[0])


def _float_source(model: Model, index: Index, name: str) -> str | None:
    """The value before it was quantized; nodes in between are doubled, as others take them quantized."""
    maker = index.makers.get(name)
    if maker is None:
        return None
    if maker.op_type == "DequantizeLinear":
        quantizer = index.maker(maker.input[0], "QuantizeLinear")
        return None if quantizer is None else quantizer.input[0]
    above = _float_source(model, index, maker.input[0]) if maker.op_type in PASSING else None
    if above is None:
        return None
    output = f"{name}_float"
    if output not in index.makers:
        copy = type(maker)()
        copy.CopyFrom(maker)
        copy.name, copy.input[0], copy.output[0] = f"{maker.name}_float", above, output
        insert_after(model, maker, copy)
    return output
