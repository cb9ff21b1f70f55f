"""The accuracy of any model in words: its one figure with an interval, and what is known beyond it.

The figure is the share of images that are answered rightly: top-1, or of a multi-label model the subset
accuracy, which asks for exactly the right labels.
"""

from edgebreed.edge.accuracy import describe_share
from edgebreed.train.delivered import Delivered
from edgebreed.train.measure_outputs import Metrics
from edgebreed.train.metrics_text import describe_top1, rows_of
from edgebreed.train.multi_label_metrics import MultiLabelMetrics
from edgebreed.train.multi_label_text import multi_label_rows


def accuracy_name(metrics: Metrics) -> str:
    """What the figure is called."""
    return "subset accuracy" if isinstance(metrics, MultiLabelMetrics) else "top-1"


def accuracy_of(metrics: Metrics) -> float:
    """The figure, a share of the images."""
    return metrics.subset_accuracy if isinstance(metrics, MultiLabelMetrics) else metrics.top1


def describe_accuracy(metrics: Metrics, share: float | None = None) -> str:
    """The figure with its interval.

    Args:
        metrics: of the images.
        share: another share that was measured on the same images, to be described in place of theirs.
    """
    if isinstance(metrics, MultiLabelMetrics):
        return describe_share(metrics.subset_accuracy if share is None else share, metrics.n)
    return describe_top1(metrics, share)


def rows_beyond(metrics: Metrics, delivered: Delivered | None) -> dict[str, str]:
    """What is known beyond the figure, as names and values of a table; empty where nothing is known.

    Args:
        metrics: of the images.
        delivered: what a user gets for them; None of a multi-label model.
    """
    if isinstance(metrics, MultiLabelMetrics):
        return multi_label_rows(metrics)
    described = delivered.describe(metrics) if delivered else ""
    return {**rows_of(metrics), "as delivered": described}
