"""Accuracy of a multi-label classifier in words: what `train`, `evaluate` and `export` print."""

from collections.abc import Sequence

from edgebreed.edge.accuracy import percent
from edgebreed.train.multi_label_metrics import MultiLabelMetrics

NAMED = 5  # labels that a line names


def multi_label_rows(metrics: MultiLabelMetrics) -> dict[str, str]:
    """What was measured beside the subset accuracy, as names and values; empty where nothing is known."""
    return {
        "mean average precision": describe_map(metrics.mean_average_precision, metrics),
        "micro F1": _share(metrics.micro_f1),
        "macro F1": _share(metrics.macro_f1),
        "not tested": describe_untested_labels(metrics.untested_labels),
    }


def describe_map(value: float | None, metrics: MultiLabelMetrics) -> str:
    """A mean average precision, with the number of labels that it is the mean of."""
    if value is None:
        return ""
    tested = len(metrics.by_label) - len(metrics.untested_labels)
    return f"{percent(value)}, the mean of {tested} label{'' if tested == 1 else 's'}"


def describe_untested_labels(names: Sequence[str]) -> str:
    """Which labels no image shows, as a sentence; empty where all have some."""
    if not names:
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    whose = "its" if len(names) == 1 else "their"
    return f"no image shows {', '.join(names[:NAMED])}{more}: nothing is known of {whose} accuracy"


def _share(share: float | None) -> str:
    return "" if share is None else percent(share)
