"""Networks of the operators that float exports have, with random weights."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 12  # px


def write_network(path: Path, *, half: bool = False, **first: object) -> Path:
    """Writes a small network of every operator; its outputs are a score and probabilities.

    Args:
        path: where to.
        half: compute in float16.
        first: more attributes of the first convolution.
    """
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    uneven: dict[str, Any] = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}
    conv: dict[str, Any] = {**uneven, "dilations": [1, 1], "group": 1, **first}
    nodes = [
        helper.make_node("Cast", ["image"], ["real"], to=kind),
        helper.make_node("Mul", ["real", "scale"], ["small"]),
        helper.make_node("Transpose", ["small"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "w1", "b1"], ["c1"], **conv),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=4),
        helper.make_node("Clip", ["c2", "low", "high"], ["r2"]),
        helper.make_node("Add", ["r1", "r2"], ["sum"]),
        helper.make_node(
            "MaxPool", ["sum"], ["pool"], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]
        ),
        helper.make_node("GlobalAveragePool", ["pool"], ["mean"]),
        helper.make_node("Squeeze", ["mean", "axes"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w3"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["soft"]),
        helper.make_node("Cast", ["soft"], ["probabilities"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["flat", "w4"], ["margin"]),
        helper.make_node("Sigmoid", ["margin"], ["sure"]),
        helper.make_node("Cast", ["sure"], ["score"], to=TensorProto.FLOAT),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", SIZE, SIZE, 3])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
        for name, width in (("score", 1), ("probabilities", 3))
    ]
    graph = helper.make_graph(
        nodes, "small", [image], outputs, _constants(np.float16 if half else np.float32)
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def _constants(kind: type[np.floating]) -> list[TensorProto]:
    rng = np.random.default_rng(0)
    shapes = {"w1": (4, 3, 3, 3), "b1": (4,), "w2": (4, 1, 3, 3), "w3": (4, 3), "w4": (4, 1)}
    values: dict[str, Any] = {name: rng.normal(0, 0.5, shape).astype(kind) for name, shape in shapes.items()}
    numbers = {"scale": 1 / 128, "low": -0.5, "high": 0.75}
    values |= {name: np.array(number, kind) for name, number in numbers.items()}
    values["axes"] = np.array([2, 3])
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def random_images(images: int) -> np.ndarray:
    """A batch `(N, SIZE, SIZE, 3) uint8 RGB`, each image of another brightness and colour."""
    rng = np.random.default_rng(1)
    colours = rng.uniform(0, 1, (images, 1, 1, 3))
    return (colours * rng.uniform(0, 256, (images, SIZE, SIZE, 3))).astype(np.uint8)
