"""Leaves out what does nothing: unused nodes and constants, and constants that are there twice."""

from edgebreed.export.graph.index import Index, Model, redirect
from edgebreed.export.onnx_setup import onnx


def slim(model: Model) -> None:
    """Drops unused nodes and constants, merges equal constants, infers all shapes anew."""
    _drop_unused_nodes(model)
    _merge_constants(model)
    _drop_unused_constants(model)
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    model.CopyFrom(inferred)


def _drop_unused_nodes(model: Model) -> None:
    while True:
        index = Index(model)
        unused = [
            node
            for node in model.graph.node
            if not any(index.takers[name] or name in index.outputs for name in node.output)
        ]
        if not unused:
            return
        for node in unused:
            model.graph.node.remove(node)


def _merge_constants(model: Model) -> None:
    """The first of several equal constants takes the place of the others.

    Bytes are left alone: ONNX Runtime's precise int8 mode turns each weight's zero point to unsigned by
    itself and refuses one that two weights share.
    """
    index = Index(model)
    first: dict[tuple[int, tuple[int, ...], bytes], str] = {}
    for name, tensor in index.initializers.items():
        values = index.constant(name)
        assert values is not None
        if values.dtype.itemsize == 1:
            continue
        kept = first.setdefault((tensor.data_type, tuple(tensor.dims), values.tobytes()), name)
        if kept != name:
            redirect(index.takers[name], name, kept)


def _drop_unused_constants(model: Model) -> None:
    used = {name for node in model.graph.node for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
