"""The report of a run: its plots, and one HTML page that needs no other file."""

import base64
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import write_whole
from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.train.classification_metrics import (
    ClassificationMetrics,
    confusion,
    largest_confusions,
)
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.metrics_text import describe_top1, rows_of
from edgebreed.train.report_tables import class_table, confusion_table
from edgebreed.train.run_plots import NUMBERED_CLASSES, Plot, plot_calibration, plot_confusion, plot_curves
from edgebreed.train.run_record import REPORT, RunRecord, TrainResult

PAIRS = 12
THUMBNAIL = InputSpec(140, 140, ResizeRule.LETTERBOX)
CORRUPTIONS_MARK = "<!-- corruptions -->"
STYLE = """
:root { --ink: #1f2430; --soft: #5d6779; --line: #e4e7ec; --paper: #ffffff; --ground: #f6f7f9;
  --heat: 37 99 235; --warn: #b42318; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --line: #2f3644;
  --paper: #1a1f29; --ground: #11151c; --heat: 96 165 250; --warn: #f97066; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1rem; font: 15px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.2rem; margin: 0 0 1rem; }
.wide { overflow-x: auto; } .scroll { overflow: auto; max-height: 34rem; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 500; color: var(--soft); }
td, th { padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.facts td { overflow-wrap: anywhere; } .facts td:first-child { color: var(--soft); min-width: 8rem; }
.numbers td { font-variant-numeric: tabular-nums; white-space: nowrap; }
table.matrix td, table.matrix th { padding: .2rem .4rem; border: 1px solid var(--line); font-size: 13px; }
table.matrix td { text-align: center; font-variant-numeric: tabular-nums; }
table.matrix thead th { writing-mode: vertical-rl; max-height: 12rem; vertical-align: bottom; }
.warning { color: var(--warn); } img { max-width: 100%; } .matrix img { min-width: 56rem; }
.plot { overflow-x: auto; } .plot img { min-width: 38rem; }
.row { display: flex; flex-wrap: wrap; gap: .8rem; }
figure { margin: 0; width: 140px; font-size: 13px; } figcaption { color: var(--soft); }
"""
PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>$style</style></head><body>
<h1>$title</h1>
<section>$warning<table class="facts">$facts</table></section>
<section><h2>Learning curves</h2><div class="plot">$curves</div></section>
<section><h2>Accuracy by class</h2><div class="scroll">$classes</div></section>
$corruptions
<section><h2>Most confused pairs of the test images</h2>$pairs</section>
<section><h2>Confusion matrix</h2><div class="wide matrix">$confusion</div></section>
<section><h2>Accuracy by confidence</h2><div class="plot">$calibration</div></section>
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

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts `(classes, classes) int64`: rows are labels, columns predicted classes."""
        return confusion(self.probabilities, labels_of(self.images))


def draw_run(out: Path, record: RunRecord, result: TrainResult, tested: ClassifiedImages) -> None:
    """Draws learning curves, reliability diagram and confusion matrix, and writes the page with them.

    Args:
        out: folder of the run.
        record: what the run is.
        result: what was measured.
        tested: the test images.
    """
    plots = {
        "curves": plot_curves(result.history),
        "calibration": plot_calibration(tested.probabilities, labels_of(tested.images)),
        "confusion": plot_confusion(tested.confusion, tested.names),
    }
    for name, plot in plots.items():
        write_whole(out / f"{name}.png", plot.light, overwrite=True)
    title = f"{record.arch} on {Path(record.data).name}"
    _write(out / REPORT, report_page(title, facts_of(record, result), result.test, tested, plots))


def report_page(
    title: str,
    facts: dict[str, str],
    metrics: ClassificationMetrics,
    tested: ClassifiedImages,
    plots: dict[str, Plot],
) -> str:
    """The page as HTML.

    Accuracy under corruptions is added by `add_corruptions`, once it was measured.

    Args:
        title: of the page.
        facts: names and values of the table that it begins with.
        metrics: of the test images.
        tested: the test images.
        plots: `curves`, `calibration` and `confusion`.
    """
    pictures = {name: _picture(plot, name) for name, plot in plots.items()}
    if len(tested.names) <= NUMBERED_CLASSES:
        pictures["confusion"] = confusion_table(tested.confusion, tested.names)
    return PAGE.substitute(
        title=html.escape(title),
        style=STYLE,
        warning=_warning(metrics),
        facts=_rows((key, value) for key, value in facts.items() if value),
        classes=class_table(metrics, tested.names),
        pairs=_pairs(tested),
        corruptions=CORRUPTIONS_MARK,
        **pictures,
    )


def add_corruptions(path: Path, metrics: ClassificationMetrics, top1: dict[str, float]) -> None:
    """Adds, or replaces, the table of top-1 under corruptions.

    Args:
        path: a report.
        metrics: of the images as they are.
        top1: by corruption, on the same images.
    """
    rows = _rows((name, describe_top1(metrics, share)) for name, share in top1.items())
    table = f"<section><h2>Top-1 under corruptions</h2><table>{rows}</table></section>"
    before, _, after = path.read_text("utf-8").partition(CORRUPTIONS_MARK)
    if CORRUPTIONS_MARK in after:  # a table of an earlier evaluation
        after = after.partition(CORRUPTIONS_MARK)[2]
    _write(path, f"{before}{CORRUPTIONS_MARK}{table}{CORRUPTIONS_MARK}{after}")


def confused_pairs(tested: ClassifiedImages) -> list[tuple[int, int, int]]:
    """Label, predicted class and count of the most frequent mistakes."""
    return largest_confusions(tested.confusion, PAIRS)


def facts_of(record: RunRecord, result: TrainResult) -> dict[str, str]:
    """What the page says first, as names and values; empty values where there is nothing to say."""
    test = result.test
    return {
        "test top-1": describe_top1(test),
        "as delivered": result.delivered.describe(test),
        **rows_of(test),
        "calibration error": f"{test.ece:.3f} expected (ECE), temperature {record.temperature:.3f}",
        "unknown": result.unknown,
        "negatives": f"{result.rejection.negatives} fitted on" if result.rejection.negatives else "",
        "data": f"{record.data}: {result.classes} classes, {result.train_images} training images, "
        f"{test.n} test images",
        "left out": result.describe_dropped(),
        "trainable parameters": f"{result.trainable_parameters:,}",
        "input": f"{record.input.height}x{record.input.width}, {record.input.resize}, "
        f"{record.input.decode} JPEG decoding",
        "seed": str(record.seed),
        "versions": ", ".join(f"{name} {version}" for name, version in record.tools.items()),
    }


def _warning(metrics: ClassificationMetrics) -> str:
    untested = len(metrics.untested_classes)
    if not untested:
        return ""
    classes = f"{untested} of {len(metrics.classes)} classes"
    return f'<p class="warning"><b>No test image shows {classes}:</b> their accuracy is not known.</p>'


def _rows(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f"<tr><td>{html.escape(key)}</td><td>{html.escape(value)}</td></tr>" for key, value in facts
    )


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
        caption = html.escape(f"{tested.names[label]}, predicted {tested.names[predicted]}{times}")
        image = f'<img alt="{caption}" src="{_data_uri(_thumbnail(example))}">'
        figures.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
    return f'<div class="row">{"".join(figures)}</div>'


def _thumbnail(image: LabelledImage) -> bytes:
    pixels = to_input(read_photo(image.path), THUMBNAIL)[..., ::-1]
    return cv2.imencode(".png", np.ascontiguousarray(pixels))[1].tobytes()


def _picture(plot: Plot, text: str) -> str:
    """The plot for the reader's theme."""
    dark = f'<source srcset="{_data_uri(plot.dark)}" media="(prefers-color-scheme: dark)">'
    return f'<picture>{dark}<img alt="{text}" src="{_data_uri(plot.light)}"></picture>'


def _data_uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def _write(path: Path, page: str) -> None:
    """Whole or not at all; bytes of a folder's name that are no UTF-8 are escaped."""
    write_whole(path, page.encode("utf-8", "backslashreplace"), overwrite=True, private=True)
