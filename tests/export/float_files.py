"""Float model files to export again, and photos to do so on."""

from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.formats import ModelFile, read_model, write_model
from edgebreed.edge.imported import Imported, Proof
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.export.graph.index import GraphIndex, Model, serialized, set_constant

from .graph.models import SIDE, residual

CLASSES = ("a", "b", "c", "d")
MANIFEST = Manifest(
    name="residual",
    arch="imported",
    classes=CLASSES,
    labels=("A", "B", "C", "D"),
    input=InputSpec(SIDE, SIDE, ResizeRule.SQUASH),
    precision=Precision.FP32,
    rejection=Rejection(RejectionScore.MAX_PROBABILITY, 0.3, 0.95),
    task=Task.of("shape", people=False),
    accuracy=None,
    calibration=None,
    tolerance=0.02,
    source_sha256="0" * 64,
    created="2026-11-28",
    opset=17,
    notice="of another program",
    imported=Imported("theirs.onnx", Proof.REFERENCE, 20, 0.001),
)


def residual_file(path: Path, model: Model | None = None, manifest: Manifest = MANIFEST) -> ModelFile:
    """A file of four classes, which another program trained."""
    write_model(path, serialized(model or residual()), manifest)
    return read_model(path)


def undecided() -> Model:
    """Its classes differ by so little that int8 cannot tell them apart."""
    model = residual()
    head = GraphIndex(model).constant("head")
    assert head is not None
    near = head.mean(axis=1, keepdims=True) + 1e-3 * (head - head.mean(axis=1, keepdims=True))
    set_constant(model, "head", near.astype(np.float32))
    return model


def write_photos(folder: Path, count: int, seed: int = 0) -> Path:
    """Different photos of noise, half of them in a sub-folder."""
    rng = np.random.default_rng(seed)
    (folder / "deeper").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        place = folder / ("deeper" if number % 2 else "") / f"{number}.png"
        level = int(rng.integers(40, 255))
        cv2.imwrite(str(place), rng.integers(0, level, (SIDE, SIDE, 3), np.uint8))
    return folder
