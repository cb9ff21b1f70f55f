"""What the measurements of a multi-label run mean, in sentences."""

from collections.abc import Iterator

from edgebreed.edge.accuracy import percent
from edgebreed.train.multi_label_metrics import MultiLabelMetrics
from edgebreed.train.multi_label_text import describe_untested_labels
from edgebreed.train.run_findings import Finding, FindingKind
from edgebreed.train.run_record import TrainResult

FEW = 30  # images that show a label, below which its recall is known to within 15 points or worse
HARDLY = 0.2  # of the way from the average precision of a random order to a perfect one
LOWEST = 3  # labels that are named where the average precision is told


def multi_label_findings(result: TrainResult, metrics: MultiLabelMetrics) -> list[Finding]:
    """What a user should know of a run; what needs attention stands first."""
    found = [*_interrupted(result), *_labels(metrics), *_few(metrics), *_thresholds(result)]
    return sorted(found, key=lambda finding: list(FindingKind).index(finding.kind))


def _interrupted(result: TrainResult) -> Iterator[Finding]:
    if result.interrupted:
        yield Finding(
            FindingKind.ATTENTION,
            "The training was interrupted",
            "The model is the best one so far. Repeat the command with --resume to go on.",
        )


def _labels(metrics: MultiLabelMetrics) -> Iterator[Finding]:
    """How well the labels are ranked, and the share of images that a random order would reach."""
    precision = {name: scores.average_precision for name, scores in metrics.by_label.items()}
    chance = {name: scores.n / metrics.n for name, scores in metrics.by_label.items()}
    known = sorted((value, name) for name, value in precision.items() if value is not None)
    poor = [name for value, name in known if value <= chance[name] + HARDLY * (1 - chance[name])]
    lowest = ", ".join(f"{name} {percent(value)}" for value, name in known[:LOWEST])
    if poor:
        yield Finding(
            FindingKind.ATTENTION,
            f"{len(poor)} of {len(precision)} labels are hardly found better than by chance",
            f"{', '.join(poor[:LOWEST])}: their average precision is little above the share of images that "
            "show them, which a random order has. Check their labels, and add images that show them.",
        )
    elif known:
        yield Finding(FindingKind.NOTE, "The lowest average precision", f"{lowest}.")


def _few(metrics: MultiLabelMetrics) -> Iterator[Finding]:
    if metrics.untested_labels:
        yield Finding(
            FindingKind.ATTENTION,
            f"No test image shows {len(metrics.untested_labels)} of {len(metrics.by_label)} labels",
            f"{describe_untested_labels(metrics.untested_labels).capitalize()}. Add test images.",
        )
    few = [f"{name} ({scores.n})" for name, scores in metrics.by_label.items() if 0 < scores.n < FEW]
    if few:
        yield Finding(
            FindingKind.NOTE,
            f"Fewer than {FEW} test images show {len(few)} of {len(metrics.by_label)} labels",
            f"{', '.join(few[:5])}{', ...' if len(few) > 5 else ''}: look at the intervals in the table.",
        )


def _thresholds(result: TrainResult) -> Iterator[Finding]:
    text = f"{result.unknown[:1].upper()}{result.unknown[1:]}."
    if result.thresholds_reason:
        yield Finding(FindingKind.ATTENTION, "Not every threshold was measured", result.thresholds_reason)
    yield Finding(FindingKind.NOTE, "When nothing is found", text)
