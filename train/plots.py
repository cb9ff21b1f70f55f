"""Pictures of a run."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray


def save_curves(history: dict[str, list[float]], path: Path) -> None:
    """Loss and accuracy by epoch, training and validation."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        axes.plot(epochs, history[name], label="training")
        axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.set(xlabel="epoch", ylabel=name)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=110)


def save_confusion(counts: NDArray[np.int64], classes: tuple[str, ...], path: Path) -> None:
    """The confusion matrix: rows are labels, columns answers, shares of each row."""
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = max(4.0, 1.8 + 0.17 * len(classes))
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap=mpl.colormaps["magma_r"], vmin=0, vmax=1)
    _name_axes(axes, classes)
    figure.colorbar(image, ax=axes, label="share of the label's photos", shrink=0.8)
    figure.savefig(path, dpi=110)


def save_calibration(probabilities: NDArray[np.float32], labels: NDArray[np.int64], path: Path) -> None:
    """Accuracy by confidence in ten bins, and how many photos each bin holds."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * 10).astype(int), 9)
    filled = np.unique(bins)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    reliability, counts = figure.subplots(1, 2)
    reliability.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect")
    points = [(confidence[bins == b].mean(), right[bins == b].mean()) for b in filled]
    reliability.plot(*zip(*points, strict=True), marker="o", label="this model")
    reliability.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    reliability.legend()
    counts.bar((np.arange(10) + 0.5) / 10, np.bincount(bins, minlength=10), width=0.09)
    counts.set(xlabel="confidence", ylabel="test photos")
    figure.savefig(path, dpi=110)


def _name_axes(axes: Any, classes: tuple[str, ...]) -> None:
    size = 9 if len(classes) < 20 else 6
    axes.set_xticks(range(len(classes)), classes, rotation=90, fontsize=size)
    axes.set_yticks(range(len(classes)), classes, fontsize=size)
    axes.set(xlabel="answer", ylabel="label")
