"""The plots of a run as PNG files, for slides: learning curves, reliability diagram, confusion matrix."""

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.train.classification_metrics import confidence_bins
from edgebreed.train.config import History

NAMED_CLASSES = 200  # in the confusion matrix; with the names of thousands it would not fit into memory
NUMBERED_CLASSES = 20  # up to so many, the cells of a confusion matrix have room for their counts
LABEL_LENGTH = 40  # characters; a longer name leaves no room for the matrix
BINS = 10  # of confidences
DPI = 110
Draw = Callable[[Any], None]
"""Draws on a matplotlib figure."""

COLOURS = ("#1f6fb0", "#cf5a12")  # those of the report's first two series


def plot_curves(history: History) -> bytes:
    """Loss and accuracy by epoch, of training and validation."""

    def draw(figure: Any) -> None:
        epochs = range(1, len(history["loss"]) + 1)
        for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
            axes.plot(epochs, history[name], label="training", color=COLOURS[0])
            axes.plot(epochs, history[f"val_{name}"], label="validation", color=COLOURS[1])
            axes.set(xlabel="epoch", ylabel=name)
            axes.grid(alpha=0.3)
            axes.legend(framealpha=0)

    return _plot(draw, 9, 3.6)


def plot_calibration(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> bytes:
    """Accuracy by confidence in ten bins (a reliability diagram), and the size of each bin."""
    known = np.isfinite(probabilities).all(axis=1)  # those of a fit that diverged are no numbers
    probabilities, labels = probabilities[known], labels[known]
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = confidence_bins(confidence, BINS)
    points = [(confidence[bins == b].mean(), right[bins == b].mean()) for b in np.unique(bins)]

    def draw(figure: Any) -> None:
        reliability, counts = figure.subplots(1, 2)
        reliability.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect")
        if points:
            reliability.plot(*zip(*points, strict=True), marker="o", label="this model", color=COLOURS[0])
        reliability.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
        reliability.legend(framealpha=0)
        counts.bar(
            (np.arange(BINS) + 0.5) / BINS, np.bincount(bins, minlength=BINS), width=0.09, color=COLOURS[0]
        )
        counts.set(xlabel="confidence", ylabel="test images")

    return _plot(draw, 9, 3.2)


def plot_confusion(counts: NDArray[np.int64], classes: tuple[str, ...]) -> bytes:
    """A confusion matrix, each row as shares: rows are labels, columns predicted classes.

    Up to 20 classes, each cell bears its number of images.
    """
    numbered, side = len(classes) <= NUMBERED_CLASSES, matrix_side(len(classes))

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        _draw_matrix(figure, axes, counts)
        if len(classes) <= NAMED_CLASSES:
            style = {"fontsize": 9 if numbered else 6, "parse_math": False}  # a `$` is no formula
            names = [_tick_label(name) for name in classes]
            axes.set_xticks(range(len(classes)), names, rotation=90, **style)
            axes.set_yticks(range(len(classes)), names, **style)
        if numbered:
            _write_counts(axes, counts)

    return _plot(draw, max(5.0, side + 1), max(4.0, side))


def matrix_side(classes: int) -> float:
    """Side of a confusion matrix's plot in inches."""
    cell = 0.36 if classes <= NUMBERED_CLASSES else 0.17
    return 2.2 + cell * min(classes, NAMED_CLASSES)


def _draw_matrix(figure: Any, axes: Any, counts: NDArray[np.int64]) -> None:
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set(xlabel="predicted", ylabel="label")
    figure.colorbar(image, ax=axes, label="share of the label's images", shrink=0.8)


def _write_counts(axes: Any, counts: NDArray[np.int64]) -> None:
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = str(counts[row, column])
        axes.text(column, row, text, color=colour, ha="center", va="center", fontsize=8)


def _tick_label(name: str) -> str:
    """A class name in one short line; bytes that are no UTF-8 are escaped."""
    line = " ".join(name.encode(errors="backslashreplace").decode().split())
    return line if len(line) <= LABEL_LENGTH else f"{line[: LABEL_LENGTH - 1]}…"


def _plot(draw: Draw, width: float, height: float) -> bytes:
    """Draws a figure of so many inches as a PNG file."""
    from edgebreed.train.matplotlib_setup import Figure, matplotlib

    buffer = io.BytesIO()
    with matplotlib.style.context("default"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # names in scripts that its font lacks
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        figure.savefig(buffer, dpi=DPI)
    return buffer.getvalue()
