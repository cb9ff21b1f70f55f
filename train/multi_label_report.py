"""The report of a multi-label run: its learning curves as a picture, and one HTML page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import write_whole
from edgebreed.page_templates import render_page
from edgebreed.train.dataset import LabelledImage, targets_of
from edgebreed.train.label_table import LABEL_TABLE
from edgebreed.train.multi_label_findings import multi_label_findings
from edgebreed.train.multi_label_metrics import LabelScores, MultiLabelMetrics
from edgebreed.train.report_images import thumbnail
from edgebreed.train.run_plots import plot_curves
from edgebreed.train.run_record import REPORT, RunRecord, TrainResult
from edgebreed.train.run_report import CORRUPTIONS_MARK, overview_of, write_page
from edgebreed.train.train_command import multi_label_commands

MISTAKES = 24


@dataclass(frozen=True)
class MultiLabelReport:
    """A multi-label run and its test images.

    Attributes:
        record: what the run is.
        result: what was measured.
        metrics: of the test images.
        images: the test images.
        probabilities: of the test images, `(N, classes) float32`.
        images_per_class: number of images that show each label, by split.
        images_per_split: number of images of each split.
    """

    record: RunRecord
    result: TrainResult
    metrics: MultiLabelMetrics
    images: Sequence[LabelledImage]
    probabilities: NDArray[np.float32]
    images_per_class: dict[str, tuple[int, ...]]
    images_per_split: dict[str, int]

    @property
    def names(self) -> tuple[str, ...]:
        """The labels as users read them."""
        return self.record.labels


@dataclass(frozen=True)
class LabelRowOfReport:
    """A label in the table of labels.

    Attributes:
        name: as users read it.
        scores: on the test images.
        images: number of images that show it, by split.
    """

    name: str
    scores: LabelScores
    images: dict[str, int]


@dataclass(frozen=True)
class LabelMistake:
    """A label that was found in a test image that does not show it, or missed in one that does.

    Attributes:
        label: as users read it.
        found: whether it was found; else it was missed.
        probability: of the label.
        thumbnail: of the image, as a data URI.
        file: name of the image.
    """

    label: str
    found: bool
    probability: float
    thumbnail: str
    file: str


def draw_multi_label_run(out: Path, report: MultiLabelReport) -> None:
    """Draws the learning curves and writes the page.

    Args:
        out: folder of the run.
        report: what to show.
    """
    write_whole(out / "curves.png", plot_curves(report.result.history), overwrite=True)
    write_page(out / REPORT, multi_label_page(report))


def multi_label_page(report: MultiLabelReport) -> str:
    """The page as HTML."""
    table = str(Path(report.result.run) / LABEL_TABLE)
    return render_page(
        "multi_label_report.html",
        **overview_of(report),
        metrics=report.metrics,
        findings=multi_label_findings(report.result, report.metrics),
        labels=label_rows_of(report),
        mistakes=surest_label_mistakes(report),
        commands=multi_label_commands(report.result.run, report.record.data, table),
        corruptions_mark=CORRUPTIONS_MARK,
    )


def label_rows_of(report: MultiLabelReport) -> list[LabelRowOfReport]:
    """The labels, that of the lowest average precision first; those without test images come last."""
    rows = [
        LabelRowOfReport(name, scores, {split: n[at] for split, n in report.images_per_class.items()})
        for at, (name, scores) in enumerate(zip(report.names, report.metrics.by_label.values(), strict=True))
    ]
    unknown = 2.0
    return sorted(
        rows,
        key=lambda row: unknown if row.scores.average_precision is None else row.scores.average_precision,
    )


def surest_label_mistakes(report: MultiLabelReport) -> list[LabelMistake]:
    """Wrong decisions by how sure they were: images with wrong labels are among them."""
    targets = targets_of(report.images, len(report.names))
    thresholds = np.asarray(report.record.thresholds, np.float32)
    wrong = (report.probabilities >= thresholds) != targets.astype(bool)
    distance = np.where(wrong, np.abs(report.probabilities - targets), -1.0)
    order = np.argsort(-distance, axis=None, kind="stable")[: min(MISTAKES, int(wrong.sum()))]
    return [_mistake(report, *divmod(int(place), targets.shape[1])) for place in order]


def _mistake(report: MultiLabelReport, row: int, label: int) -> LabelMistake:
    image = report.images[row]
    return LabelMistake(
        label=report.names[label],
        found=label not in image.shown,
        probability=float(report.probabilities[row, label]),
        thumbnail=thumbnail(image),
        file=image.path.name,
    )
