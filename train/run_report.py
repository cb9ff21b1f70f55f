"""The report of a run: its plots, and one HTML page that needs no other file."""

import base64
import html
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import replacing, write_whole
from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.train.classification_metrics import confusion
from edgebreed.train.config import History
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.run_record import PLOTS, REPORT, RunRecord, TrainResult

NAMED_CLASSES = 200  # in the confusion matrix; with the names of thousands it would not fit into memory
LABEL_LENGTH = 40  # characters; a longer name leaves no room for the matrix
PAIRS = 12
THUMBNAIL = InputSpec(140, 140, ResizeRule.LETTERBOX)
CORRUPTIONS_MARK = "<!-- corruptions -->"
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>
body { font: 15px/1.5 system-ui, sans-serif; color: #222; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; } td { padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #ddd; }
td:first-child { color: #666; } img { max-width: 100%; } .row { display: flex; flex-wrap: wrap; gap: .8rem; }
figure { margin: 0; width: 140px; font-size: 13px; } figcaption { color: #444; }
</style></head><body>
<h1>$title</h1>
<table>$facts</table>
<h2>Learning curves</h2>$curves
<h2>Accuracy by confidence</h2>$calibration
$corruptions
<h2>Most confused pairs of the test images</h2>$pairs
<h2>Confusion matrix</h2>$confusion
</body></html>
""")


@dataclass(frozen=True)
class ClassifiedImages:
    """Labelled images and the model's probabilities for them.

    Attributes:
        images: labelled images.
        probabilities: `(N, classes) float32`.
        names: class names as users read them.
    """

    images: Sequence[LabelledImage]
    probabilities: NDArray[np.float32]
    names: tuple[str, ...]


def draw_run(out: Path, record: RunRecord, result: TrainResult, tested: ClassifiedImages) -> None:
    """Draws learning curves, reliability diagram and confusion matrix, and writes the page with them.

    Args:
        out: folder of the run.
        record: what the run is.
        result: what was measured.
        tested: the test images.
    """
    labels = labels_of(tested.images)
    save_curves(result.history, out / "curves.png")
    save_calibration(tested.probabilities, labels, out / "calibration.png")
    save_confusion(confusion(tested.probabilities, labels), tested.names, out / "confusion.png")
    write_report(out / REPORT, f"{record.arch} on {Path(record.data).name}", _facts(record, result), tested)


def write_report(path: Path, title: str, facts: dict[str, Any], tested: ClassifiedImages) -> None:
    """Writes the page from the plots that lie beside it: curves, calibration, confusion.

    Accuracy under corruptions is added by `add_corruptions`, once it was measured.
    """
    cells = (
        f"<tr><td>{html.escape(key)}</td><td>{html.escape(str(value))}</td></tr>"
        for key, value in facts.items()
    )
    page = PAGE.substitute(
        title=html.escape(title),
        facts="".join(cells),
        pairs=_pairs(tested),
        corruptions=CORRUPTIONS_MARK,
        **{Path(name).stem: _picture((path.parent / name).read_bytes(), Path(name).stem) for name in PLOTS},
    )
    write_whole(path, _utf8(page), overwrite=True)


def add_corruptions(path: Path, clean: float, corrupted: dict[str, float]) -> None:
    """Adds, or replaces, the table of top-1 under corruptions.

    Args:
        path: a page that `write_report` wrote.
        clean: top-1 on the images as they are.
        corrupted: top-1 by corruption.
    """
    rows = "".join(f"<tr><td>{name}</td><td>{top1:.1%}</td></tr>" for name, top1 in corrupted.items())
    first = f"<tr><td>as they are</td><td>{clean:.1%}</td></tr>"
    table = f"<h2>Top-1 under corruptions</h2><table>{first}{rows}</table>"
    before, _, after = path.read_text(encoding="utf-8").partition(CORRUPTIONS_MARK)
    if after.startswith("<h2>"):  # a table of an earlier evaluation
        after = after.partition(CORRUPTIONS_MARK)[2]
    page = f"{before}{CORRUPTIONS_MARK}{table}{CORRUPTIONS_MARK}{after}"
    write_whole(path, _utf8(page), overwrite=True)


def confused_pairs(tested: ClassifiedImages) -> list[tuple[int, int, int]]:
    """Label, predicted class and count of the most frequent mistakes."""
    counts = confusion(tested.probabilities, labels_of(tested.images))
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:PAIRS]
    places = (np.unravel_index(index, counts.shape) for index in order)
    return [
        (int(label), int(predicted), int(counts[label, predicted]))
        for label, predicted in places
        if counts[label, predicted]
    ]


def save_curves(history: History, path: Path) -> None:
    """Plots loss and accuracy by epoch, of training and validation."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    epochs = range(1, len(history["loss"]) + 1)
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        axes.plot(epochs, history[name], label="training")
        axes.plot(epochs, history[f"val_{name}"], label="validation")
        axes.set(xlabel="epoch", ylabel=name)
        axes.grid(alpha=0.3)
        axes.legend()
    _save(figure, path)


def save_confusion(counts: NDArray[np.int64], classes: tuple[str, ...], path: Path) -> None:
    """Plots the confusion matrix, each row as shares: rows are labels, columns predicted classes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    side = max(4.0, 1.8 + 0.17 * min(len(classes), NAMED_CLASSES))
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap=mpl.colormaps["magma_r"], vmin=0, vmax=1)
    size = 9 if len(classes) < 20 else 6
    if len(classes) <= NAMED_CLASSES:
        names = [_tick_label(name) for name in classes]
        axes.set_xticks(range(len(classes)), names, rotation=90, fontsize=size, parse_math=False)
        axes.set_yticks(range(len(classes)), names, fontsize=size, parse_math=False)
    axes.set(xlabel="predicted", ylabel="label")
    figure.colorbar(image, ax=axes, label="share of the label's images", shrink=0.8)
    _save(figure, path)


def save_calibration(probabilities: NDArray[np.float32], labels: NDArray[np.int64], path: Path) -> None:
    """Plots accuracy by confidence in ten bins (a reliability diagram), and the size of each bin."""
    from matplotlib.figure import Figure

    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * 10).astype(int), 9)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    reliability, counts = figure.subplots(1, 2)
    reliability.plot([0, 1], [0, 1], color="grey", linestyle=":", label="perfect")
    points = [(confidence[bins == b].mean(), right[bins == b].mean()) for b in np.unique(bins)]
    reliability.plot(*zip(*points, strict=True), marker="o", label="this model")
    reliability.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1.02), ylim=(0, 1.02))
    reliability.legend()
    counts.bar((np.arange(10) + 0.5) / 10, np.bincount(bins, minlength=10), width=0.09)
    counts.set(xlabel="confidence", ylabel="test images")
    _save(figure, path)


def _facts(record: RunRecord, result: TrainResult) -> dict[str, Any]:
    test = result.test
    return {
        "data": f"{record.data}: {result.classes} classes, {result.train_images} training images",
        "left out": ", ".join(f"{count} {reason}" for reason, count in result.dropped.items()),
        "test top-1": f"{test.top1:.2%} of {test.n} images",
        "test as delivered": result.delivered.describe(),
        "test top-5": f"{test.top5:.2%}",
        "expected calibration error": f"{test.ece:.4f}, temperature {record.temperature:.3f}",
        "unknown": result.unknown,
        "trainable parameters": f"{result.trainable_parameters:,}",
        "input": f"{record.input.height}x{record.input.width}, {record.input.resize}",
        "seed": record.seed,
        "versions": ", ".join(f"{name} {version}" for name, version in record.tools.items()),
    }


def _pairs(tested: ClassifiedImages) -> str:
    pairs = confused_pairs(tested)
    if not pairs:
        return "<p>No test image was misclassified.</p>"
    predictions = tested.probabilities.argmax(axis=1)
    figures = []
    for label, predicted, count in pairs:
        example = next(
            image
            for image, prediction in zip(tested.images, predictions, strict=True)
            if (image.label, prediction) == (label, predicted)
        )
        times = f" ({count} times)" if count > 1 else ""
        caption = f"{tested.names[label]}, predicted {tested.names[predicted]}{times}"
        picture = _picture(_thumbnail(example), caption)
        figures.append(f"<figure>{picture}<figcaption>{html.escape(caption)}</figcaption></figure>")
    return f'<div class="row">{"".join(figures)}</div>'


def _save(figure: Any, path: Path) -> None:
    with replacing(path) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # names of scripts that the font lacks
        figure.savefig(file, dpi=110, format="png")


def _tick_label(name: str) -> str:
    """A class name in one short line; it is drawn as it stands, as a dollar sign begins no formula there."""
    line = " ".join(_utf8(name).decode().split())
    return line if len(line) <= LABEL_LENGTH else f"{line[: LABEL_LENGTH - 1]}…"


def _utf8(text: str) -> bytes:
    """Text as UTF-8; bytes of a file name that are none, which Python keeps as surrogates, are escaped."""
    return text.encode("utf-8", "backslashreplace")


def _thumbnail(image: LabelledImage) -> bytes:
    pixels = to_input(read_photo(image.path), THUMBNAIL)[..., ::-1]
    return cv2.imencode(".png", np.ascontiguousarray(pixels))[1].tobytes()


def _picture(data: bytes, text: str) -> str:
    return f'<img alt="{html.escape(text)}" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
