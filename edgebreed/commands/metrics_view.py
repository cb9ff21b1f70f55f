"""Prints accuracy by class, or by label, and the confusion matrix on a terminal."""

from rich.table import Table

from edgebreed.commands.common import cell, print_line, print_titled
from edgebreed.edge.accuracy import percent, percent_range
from edgebreed.train.classification_metrics import ClassificationMetrics, ClassScores
from edgebreed.train.measure_outputs import Metrics
from edgebreed.train.multi_label_metrics import LabelScores, MultiLabelMetrics

MATRIX_CLASSES = 12  # so many columns of counts fit a terminal
WEAKEST = 5
INTERVAL = "95% interval"


def print_classes(metrics: Metrics) -> None:
    """Prints every class and the confusion matrix, or the weakest classes where there are more than 12."""
    if isinstance(metrics, MultiLabelMetrics):
        print_titled("by label", _label_table(metrics))
        return
    if len(metrics.classes) > MATRIX_CLASSES:
        print_line("weakest: " + ", ".join(_weakest(metrics)))
        return
    print_titled("by class", _class_table(metrics))
    print_titled("confusion matrix: rows are labels, columns predicted classes", _matrix(metrics))


def _label_table(metrics: MultiLabelMetrics) -> Table:
    """Every label; of a label that is found wrongly, its average precision says whether a threshold helps."""
    table = Table("label")
    for name in ("images", "AP", "threshold", "recall", INTERVAL, "precision", "F1"):
        table.add_column(name, justify="right", no_wrap=name != INTERVAL)
    for name, scores in metrics.by_label.items():
        table.add_row(cell(name), *_label_cells(scores))
    return table


def _label_cells(scores: LabelScores) -> tuple[str, ...]:
    interval = "" if scores.recall is None else percent_range(scores.recall, scores.n)
    return (
        str(scores.n),
        _share(scores.average_precision),
        f"{scores.threshold:.3f}",
        _share(scores.recall),
        interval,
        _share(scores.precision),
        _share(scores.f1),
    )


def _weakest(metrics: ClassificationMetrics) -> list[str]:
    tested = sorted(metrics.per_class.items(), key=lambda item: item[1])[:WEAKEST]
    return [f"{name} {percent(recall)} of {metrics.by_class[name].n}" for name, recall in tested]


def _class_table(metrics: ClassificationMetrics) -> Table:
    table = Table("class")
    for name in ("images", "recall", INTERVAL, "precision", "F1"):
        table.add_column(name, justify="right")
    for name, scores in metrics.by_class.items():
        table.add_row(cell(name), *_cells(scores))
    return table


def _cells(scores: ClassScores) -> tuple[str, ...]:
    interval = "" if scores.recall is None else percent_range(scores.recall, scores.n)
    return str(scores.n), _share(scores.recall), interval, _share(scores.precision), _share(scores.f1)


def _matrix(metrics: ClassificationMetrics) -> Table:
    """The columns bear numbers, as names of twelve classes would not fit."""
    table = Table("", "label")
    for number in range(1, len(metrics.classes) + 1):
        table.add_column(str(number), justify="right")
    for number, (name, row) in enumerate(zip(metrics.classes, metrics.confusion, strict=True), 1):
        table.add_row(str(number), cell(name), *(str(count) if count else "." for count in row))
    return table


def _share(share: float | None) -> str:
    return "-" if share is None else percent(share)
