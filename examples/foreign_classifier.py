r"""Writes a classifier as other programs keep theirs, which stands for a model that you have.

    python examples/surfaces.py surfaces                   # needs scikit-image
    python examples/foreign_classifier.py surfaces foreign      # needs edgebreed[all-cpu]

`foreign` then holds `model.onnx` (channels first, blue first, normalized floats in, logits out, no word on
any of it), `labels.txt`, `photos` of different shapes, and `reference.csv`: the probabilities that the
original program, a few lines of NumPy and OpenCV, gives for them. `docs/import.md` goes on from there.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float32]

SIDE = 96
MEAN, STD = (0.406, 0.456, 0.485), (0.225, 0.224, 0.229)  # of blue, green and red
SHAPES = ((160, 100), (120, 160), (90, 150), (160, 128))
"""Rows and columns in px that the photos of the reference are cut to."""
_random = np.random.default_rng(1)
FILTERS = tuple(_random.normal(0, 0.3, shape).astype(np.float32) for shape in ((16, 3, 3, 3), (48, 16, 3, 3)))
"""Of two convolutions, `(out, in, 3, 3)`; they are drawn at random, and only the last layer is fitted."""


def preprocess(photo: NDArray[np.uint8]) -> Floats:
    """The network's input, `(3, SIDE, SIDE) float32`, of a photo `(H, W, 3) uint8 BGR`."""
    pixels = np.asarray(cv2.resize(photo, (SIDE, SIDE)), np.float64) / 255
    return np.asarray(((pixels - MEAN) / STD).transpose(2, 0, 1), np.float32)


def read(path: Path) -> NDArray[np.uint8]:
    """A photo, `(H, W, 3) uint8 BGR`."""
    return np.asarray(cv2.imread(str(path)), np.uint8)


def features(image: Floats) -> Floats:
    """What the last layer takes, `(96,)`: mean and maximum of each map behind two convolutions."""
    for filters in FILTERS:
        windows = sliding_window_view(image, (3, 3), axis=(1, 2))[:, ::2, ::2]
        image = np.maximum(np.einsum("oikl,ihwkl->ohw", filters, windows, optimize=True), 0)
    return np.concatenate((image.mean(axis=(1, 2)), image.max(axis=(1, 2))))


def fit(surfaces: Path) -> tuple[list[str], Floats, Floats]:
    """Labels, weights `(labels, 96)` and biases of the last layer, from the photos to train on."""
    photos = sorted((surfaces / "train").rglob("*.png"))
    found = np.stack([features(preprocess(read(photo))) for photo in photos])
    scale = found.std(axis=0)
    model = LogisticRegression(C=0.03, max_iter=1000).fit(found / scale, [one.parent.name for one in photos])
    weights, biases = np.asarray(model.coef_ / scale, np.float32), np.asarray(model.intercept_, np.float32)
    return list(model.classes_), weights, biases


def to_onnx(weights: Floats, biases: Floats) -> onnx.ModelProto:
    """The same network as ONNX."""
    arrays = {"first": FILTERS[0], "second": FILTERS[1], "weights": weights, "biases": biases}
    nodes = [
        helper.make_node("Conv", ["input", "first"], ["maps1"], strides=(2, 2)),
        helper.make_node("Relu", ["maps1"], ["relu1"]),
        helper.make_node("Conv", ["relu1", "second"], ["maps2"], strides=(2, 2)),
        helper.make_node("Relu", ["maps2"], ["relu2"]),
        helper.make_node("GlobalAveragePool", ["relu2"], ["means"]),
        helper.make_node("GlobalMaxPool", ["relu2"], ["maxima"]),
        helper.make_node("Concat", ["means", "maxima"], ["both"], axis=1),
        helper.make_node("Flatten", ["both"], ["features"]),
        helper.make_node("Gemm", ["features", "weights", "biases"], ["logits"], transB=1),
    ]
    taken = helper.make_tensor_value_info("input", TensorProto.FLOAT, ("N", 3, SIDE, SIDE))
    given = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ("N", len(biases)))
    kept = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    graph = helper.make_graph(nodes, "classifier", [taken], [given], kept)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write_reference(surfaces: Path, folder: Path, labels: list[str], weights: Floats, biases: Floats) -> None:
    """Cuts the test photos to different shapes, and writes the original program's answers to them."""
    (folder / "photos").mkdir()
    with (folder / "reference.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image", *labels])
        for number, photo in enumerate(sorted((surfaces / "test").rglob("*.png"))):
            height, width = SHAPES[number % len(SHAPES)]
            path = folder / "photos" / f"{photo.parent.name}-{photo.name}"
            pixels = read(photo)[:height, :width]
            cv2.imwrite(str(path), pixels)
            logits = weights @ features(preprocess(pixels)) + biases
            powers = np.exp(logits - logits.max())
            rows.writerow([f"photos/{path.name}", *(f"{value:.6f}" for value in powers / powers.sum())])


def main() -> None:
    """Writes the model and what belongs to it."""
    parser = argparse.ArgumentParser(description="Write a classifier as another program keeps it.")
    parser.add_argument("surfaces", type=Path, help="what examples/surfaces.py wrote")
    parser.add_argument("folder", type=Path, help="where to write it; must not exist")
    asked = parser.parse_args()
    if asked.folder.exists():
        parser.error(f"{asked.folder} exists: name another")
    labels, weights, biases = fit(asked.surfaces)
    asked.folder.mkdir()
    onnx.save(to_onnx(weights, biases), asked.folder / "model.onnx")
    (asked.folder / "labels.txt").write_text("\n".join(labels) + "\n")
    write_reference(asked.surfaces, asked.folder, labels, weights, biases)
    print(f"model.onnx, labels.txt, reference.csv and its photos in {asked.folder}")


if __name__ == "__main__":
    main()
