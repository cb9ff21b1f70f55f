"""Lets a quantized graph take the photo's bytes as they are."""

import numpy as np

from edgebreed.export.graph.index import Index, Model, Node, redirect, set_constant


def take_bytes(model: Model) -> bool:
    """Sets the first quantizer to one step a grey level, which loses nothing.

    An unsigned one then hands on the very bytes that came in, so cast and quantizer are left out.

    Returns:
        Whether the graph was changed.
    """
    index = Index(model)
    image = index.graph.input[0].name
    cast = index.only_taker(image)
    quantizer = index.only_taker(cast.output[0]) if cast is not None and cast.op_type == "Cast" else None
    if cast is None or quantizer is None or not _is_bytes(index, quantizer):
        return False
    zero = index.constant(quantizer.input[2])
    assert zero is not None
    scale, point = f"{image}_scale", f"{image}_zero_point"
    set_constant(model, scale, np.asarray(1, np.float32))
    set_constant(model, point, np.asarray(np.iinfo(zero.dtype).min, zero.dtype))
    pairs = index.takers[quantizer.output[0]]
    for node in (quantizer, *pairs):
        node.input[1:] = [scale, point]
    if zero.dtype == np.uint8:
        redirect(pairs, quantizer.output[0], image)
    return True


def _is_bytes(index: Index, quantizer: Node) -> bool:
    """Whether it maps about 0..255 onto all the 256 steps, as pixels that nothing was done to need."""
    if quantizer.op_type != "QuantizeLinear":
        return False
    scale, zero = (index.constant(name) for name in quantizer.input[1:3])
    if scale is None or zero is None or zero.size != 1:
        return False
    return bool(zero.item() == np.iinfo(zero.dtype).min and 0.5 < scale.item() <= 1.001)
