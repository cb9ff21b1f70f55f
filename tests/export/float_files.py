"""Float model files to export again, and photos to do so on."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.formats import ModelFile, read_model, write_model
from edgebreed.edge.imported import Imported, Proof
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.export.graph.index import Model, onnx, serialized

from .graph.models import SIDE, node
from .graph.models import model as graph_of

CLASSES = ("red", "green", "blue", "dark")
MANIFEST = Manifest(
    name="colours",
    arch="imported",
    classes=CLASSES,
    labels=("Red", "Green", "Blue", "Dark"),
    input=InputSpec(SIDE, SIDE, ResizeRule.SQUASH),
    precision=Precision.FP32,
    rejection=Rejection(RejectionScore.MAX_PROBABILITY, 0.3, 0.95),
    task=Task.of("colour", people=False),
    accuracy=None,
    calibration=None,
    tolerance=0.02,
    source_sha256="0" * 64,
    created="2026-11-28",
    opset=17,
    notice="of another program",
    imported=Imported("theirs.onnx", Proof.REFERENCE, 20, 0.001),
)


GAIN = 8.0  # of the logits


def colour_net(loud: float = 1.0) -> Model:
    """A network that tells red, green, blue and dark photos.

    Args:
        loud: of a channel that no class reads; where it is large, the others vanish in the steps of int8.
    """
    constants: dict[str, NDArray[Any]] = {
        "scale": np.asarray(1 / 255, np.float32),
        "w0": np.array([*np.eye(3), [loud, 0, 0]], np.float32).reshape(4, 3, 1, 1),
        "w1": np.eye(4, dtype=np.float32).reshape(4, 4, 1, 1),
        "axes": np.array([2, 3], np.int64),
        "head": GAIN * np.array([*(3 * np.eye(3, 4) - 1), np.zeros(4)], np.float32),
        "bias": GAIN * np.array([0, 0, 0, 1], np.float32),
    }
    nodes = [
        node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT),
        node("Mul", ["float", "scale"], ["pixels"], "mul"),
        node("Transpose", ["pixels"], ["planes"], "transpose", perm=[0, 3, 1, 2]),
        node("Conv", ["planes", "w0"], ["x0"], "conv0"),
        node("Relu", ["x0"], ["r0"], "relu"),
        node("Conv", ["r0", "w1"], ["x1"], "conv1"),
        node("GlobalAveragePool", ["x1"], ["pooled"], "pool"),
        node("Squeeze", ["pooled", "axes"], ["features"], "squeeze"),
        node("Gemm", ["features", "head", "bias"], ["logits"], "dense"),
        node("Softmax", ["logits"], ["probabilities"], "softmax", axis=1),
    ]
    return graph_of(nodes, constants)


LOUD = 1e5


def float_file(path: Path, model: Model | None = None, manifest: Manifest = MANIFEST) -> ModelFile:
    """A file of four classes, which another program trained."""
    write_model(path, serialized(model or colour_net()), manifest)
    return read_model(path)


def write_photos(folder: Path, count: int, seed: int = 0) -> Path:
    """Different photos of all colours, half of them in a sub-folder."""
    rng = np.random.default_rng(seed)
    (folder / "deeper").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        place = folder / ("deeper" if number % 2 else "") / f"{number}.png"
        noise = rng.normal(rng.integers(0, 256, 3), 20, (SIDE, SIDE, 3))
        cv2.imwrite(str(place), np.clip(noise, 0, 255).astype(np.uint8))
    return folder
