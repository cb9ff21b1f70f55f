"""Models that never answer or never open, or take long to."""

from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper

from edgebreed.edge.formats import write_model

from ...conftest import colour_manifest
from ..formats.flatbuffers_made import model, operator, packed, weight

FLOAT, BOOL, INT64 = TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT64
FOR_EVER = 1 << 62


def endless(*, constant: bool = False) -> bytes:
    """A loop that multiplies an image's colours by one for ever; or a constant, while the file is opened."""
    names = ["turn", "go", "x"]
    kinds: list[Any] = [(INT64, []), (BOOL, []), (FLOAT, [1, 3] if constant else ["batch", 3])]
    taken = [helper.make_tensor_value_info(name, *kind) for name, kind in zip(names, kinds, strict=True)]
    given = [
        helper.make_tensor_value_info(name, *kind)
        for name, kind in zip(["go on", "y"], kinds[1:], strict=True)
    ]
    one = helper.make_tensor("one", FLOAT, [1], [1.0])
    steps = [helper.make_node("Identity", ["go"], ["go on"]), helper.make_node("Mul", ["x", "one"], ["y"])]
    body = helper.make_graph(steps, "body", taken, given, [one])
    start = "ones" if constant else "mean"
    nodes = [
        helper.make_node("Loop", ["times", "true", start], ["looped"], body=body),
        helper.make_node("Add", ["mean", "looped"], ["logits"]),
    ]
    weights = [
        helper.make_tensor("times", INT64, [], [FOR_EVER]),
        helper.make_tensor("true", BOOL, [], [True]),
        helper.make_tensor("ones", FLOAT, [1, 3], [1.0] * 3),
    ]
    return of_colours(nodes, weights)


def slow_to_open(products: int = 4, side: int = 4000) -> bytes:
    """Products of large constant matrices, which an engine computes while it opens the file."""
    weights = [helper.make_tensor("shape", INT64, [2], [side, side])]
    filled = helper.make_tensor("value", FLOAT, [1], [1e-5])
    nodes = [helper.make_node("ConstantOfShape", ["shape"], ["p0"], value=filled)]
    nodes += [helper.make_node("MatMul", [f"p{i}", "p0"], [f"p{i + 1}"]) for i in range(products)]
    nodes += [
        helper.make_node("ReduceMean", [f"p{products}"], ["scalar"], axes=[0, 1], keepdims=0),
        helper.make_node("Add", ["mean", "scalar"], ["logits"]),
    ]
    return of_colours(nodes, weights)


def of_colours(nodes: list[Any], weights: list[Any] | None = None, **fields: Any) -> bytes:
    """A model that takes an image's `mean` and computes `logits` by these nodes."""
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 8, 8, 3])
    output = helper.make_tensor_value_info("probabilities", FLOAT, ["batch", 3])
    all_nodes = [
        helper.make_node("Cast", ["image"], ["float"], to=FLOAT),
        helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2], keepdims=0),
        *nodes,
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(all_nodes, "colours", [image], [output], weights or [])
    fields = {"opset_imports": [helper.make_opsetid("", 17)], "ir_version": 8} | fields
    return bytes(helper.make_model(graph, **fields).SerializeToString())


def hanging(folder: Path, *, at_open: bool = False) -> Path:
    """The file of a model that never answers; in OpenVINO, of one that never opens."""
    path = folder / "endless.onnx"
    write_model(path, endless(constant=at_open), colour_manifest())
    return path


def slow_tflite(folder: Path, sines: int = 600, side: int = 2000) -> Path:
    """The file of a TFLite model that takes seconds an image: the sine of millions of pixels, many times."""
    kinds, float32, large = schema.BuiltinOperator, schema.TensorType.FLOAT32, (1, side, side, 3)
    made = model()
    graph = made.subgraphs[0]
    last = operator(made, kinds.CAST, 1, dtype=float32, shape=(1, 8, 8, 3))
    size, sides = weight(made, [side, side]), weight(made, [1, 2])
    last = operator(made, kinds.RESIZE_NEAREST_NEIGHBOR, last, size, dtype=float32, shape=large)
    for _ in range(sines):
        last = operator(made, kinds.SIN, last, dtype=float32, shape=large)
    last = operator(made, kinds.MEAN, last, sides, dtype=float32, shape=(1, 3))
    graph.outputs = [operator(made, kinds.SOFTMAX, last, dtype=float32, shape=(1, 3))]
    softmax = graph.operators[-1]
    softmax.builtinOptions, softmax.builtinOptionsType = schema.SoftmaxOptionsT(beta=1.0), 9
    path = folder / "slow.tflite"
    write_model(path, packed(made), colour_manifest())
    return path
