"""Small ONNX graphs to rewrite, and how to run them."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edgebreed.export.graph.index import Model, Node, onnx

SIDE = 8  # px
CHANNELS = 8
IMAGES = np.random.default_rng(1).integers(0, 256, (12, SIDE, SIDE, 3), np.uint8)
IMAGES[0, 0, 0], IMAGES[0, 0, 1] = 0, 255

node = onnx.helper.make_node


def model(nodes: list[Node], constants: dict[str, NDArray[Any]], output: str = "probabilities") -> Model:
    """A checked model from `image`, `(batch, 8, 8, 3) uint8 RGB`, to one float output."""
    image = onnx.helper.make_tensor_value_info("image", onnx.TensorProto.UINT8, ["batch", SIDE, SIDE, 3])
    answer = onnx.helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, ["batch", "outputs"])
    tensors = [onnx.numpy_helper.from_array(np.asarray(values), name) for name, values in constants.items()]
    graph = onnx.helper.make_graph(nodes, "small", [image], [answer], tensors)
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made, full_check=True)
    return made


def residual() -> Model:
    """Xception in small: scaling, a convolution, two residual blocks, pooling, softmax."""
    rng = np.random.default_rng(0)

    def weights(*shape: int) -> NDArray[np.float32]:
        return rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype(np.float32)

    constants: dict[str, NDArray[Any]] = {
        "scale": np.asarray(1 / 127.5, np.float32),
        "offset": np.asarray(-1, np.float32),
        "w0": weights(CHANNELS, 3, 3, 3),
        "b0": weights(CHANNELS, 1)[:, 0],
        "head": weights(4, CHANNELS).T.copy() * 4,
        "axes": np.array([2, 3], np.int64),
    }
    nodes = [
        node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT),
        node("Mul", ["float", "scale"], ["scaled"], "mul"),
        node("Add", ["scaled", "offset"], ["pixels"], "add"),
        node("Transpose", ["pixels"], ["planes"], "transpose", perm=[0, 3, 1, 2]),
        node("Conv", ["planes", "w0", "b0"], ["x0"], "conv0"),
    ]
    for block in range(1, 4):
        constants[f"d{block}"] = weights(CHANNELS, 1, 3, 3)
        constants[f"p{block}"] = weights(CHANNELS, CHANNELS, 1, 1)
        constants[f"c{block}"] = weights(CHANNELS, 1)[:, 0]
        nodes += [
            node("Relu", [f"x{block - 1}"], [f"r{block}"], f"relu{block}"),
            node(
                "Conv",
                [f"r{block}", f"d{block}"],
                [f"y{block}"],
                f"deep{block}",
                group=CHANNELS,
                pads=[1] * 4,
            ),
            node("Conv", [f"y{block}", f"p{block}", f"c{block}"], [f"z{block}"], f"point{block}"),
            node("Add", [f"z{block}", f"x{block - 1}"], [f"x{block}"], f"sum{block}"),
        ]
    nodes += [
        node("GlobalAveragePool", ["x3"], ["pooled"], "pool"),
        node("Squeeze", ["pooled", "axes"], ["features"], "squeeze"),
        node("MatMul", ["features", "head"], ["logits"], "dense"),
        node("Softmax", ["logits"], ["probabilities"], "softmax", axis=1),
    ]
    return model(nodes, constants)


def foreign(opset: int) -> Model:
    """A graph as other exporters write it: constants as nodes, names left out, nothing folded."""
    rng = np.random.default_rng(0)
    weights = onnx.numpy_helper.from_array(rng.normal(0, 0.1, (4, 3, 3, 3)).astype(np.float32), "w")
    shape = onnx.numpy_helper.from_array(np.array([-1, 4], np.int64), "s")
    scales = {"g": [1.0, 2, 3, 4], "b": [0.1] * 4, "m": [0.2] * 4, "v": [0.5] * 4}
    constants = [onnx.numpy_helper.from_array(np.array(v, np.float32), k) for k, v in scales.items()]
    nodes = [
        node("Cast", ["image"], ["float"], to=onnx.TensorProto.FLOAT),
        node("Transpose", ["float"], ["planes"], perm=[0, 3, 1, 2]),
        node("Constant", [], ["weights"], value=weights),
        node("Conv", ["planes", "weights"], ["x"], "conv"),
        node("BatchNormalization", ["x", "g", "b", "m", "v"], ["y"]),
        node("Identity", ["y"], ["same"]),
        node("Dropout", ["same"], ["kept"]),
        node("LRN", ["kept"], ["local"], size=3),
        node("GlobalAveragePool", ["local"], ["pooled"]),
        node("Constant", [], ["shape"], value=shape),
        node("Reshape", ["pooled", "shape"], ["logits"]),
        node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    image = onnx.helper.make_tensor_value_info("image", onnx.TensorProto.UINT8, ["N", SIDE, SIDE, 3])
    answer = onnx.helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, ["N", 4])
    graph = onnx.helper.make_graph(nodes, "foreign", [image], [answer], constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=4)


def run(made: Model | bytes) -> NDArray[np.float32]:
    """The first output for `IMAGES` in ONNX Runtime, node by node as the graph has them."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    model_bytes = made if isinstance(made, bytes) else made.SerializeToString()
    session = onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"image": IMAGES})[0])


def kinds(made: Model | bytes) -> Counter[str]:
    """Number of nodes of each operator."""
    parsed = onnx.load_from_string(made) if isinstance(made, bytes) else made
    return Counter(item.op_type for item in parsed.graph.node)


def optimized(made: Model | bytes, folder: Path) -> Counter[str]:
    """Number of nodes of each operator after ONNX Runtime has optimized a model."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    model_bytes = made if isinstance(made, bytes) else made.SerializeToString()
    onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])
    return kinds(onnx.load(folder / "optimized.onnx"))


def quantized_pair(
    scale: float, zero: int, kind: type[np.generic], name: str
) -> tuple[list[Node], dict[str, NDArray[Any]]]:
    """A quantizer of `name` with its dequantizer, whose output is `name_dq`."""
    parameters = [f"{name}_s", f"{name}_z"]
    nodes = [
        node("QuantizeLinear", [name, *parameters], [f"{name}_q"], f"q_{name}"),
        node("DequantizeLinear", [f"{name}_q", *parameters], [f"{name}_dq"], f"dq_{name}"),
    ]
    return nodes, {parameters[0]: np.asarray(scale, np.float32), parameters[1]: np.asarray(zero, kind)}
