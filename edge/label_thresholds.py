"""The thresholds of a multi-label model: from which probability on an image shows a label."""

from collections.abc import Sequence

from edgebreed.edge.task import OFF, Task, parse_threshold
from edgebreed.errors import InputError

HALF = 0.5
"""The threshold of a label where none was measured."""
NAMED = 12  # labels whose thresholds a line names


def check_label_thresholds(task: Task, classes: Sequence[str], thresholds: Sequence[float]) -> None:
    """Refuses thresholds that are not one a class of a multi-label model.

    Raises:
        ValueError: their number is wrong.
    """
    expected = len(classes) if task.multi_label else 0
    if len(thresholds) != expected:
        kind = "multi-label" if task.multi_label else "single-label"
        raise ValueError(f"{len(thresholds)} thresholds for {len(classes)} classes of a {kind} model")


def set_label_thresholds(thresholds: Sequence[float], unknown_below: float | str | None) -> tuple[float, ...]:
    """The thresholds of a multi-label model's labels, all replaced by one that somebody chose.

    Args:
        thresholds: one a label.
        unknown_below: in 0..1; None changes nothing.

    Raises:
        InputError: it is something else.
    """
    if unknown_below is None:
        return tuple(thresholds)
    if unknown_below == OFF:
        raise InputError(
            f"--unknown-below {OFF}: an image may show none of the labels; give a score from 0 to 1"
        )
    return (parse_threshold(unknown_below),) * len(thresholds)


def describe_label_thresholds(labels: Sequence[str], thresholds: Sequence[float], unknown: str) -> str:
    """When a multi-label model answers 'unknown', in one line.

    Args:
        labels: as users read them.
        thresholds: one a label.
        unknown: the model's words for it.
    """
    if len(set(thresholds)) == 1:
        return f"'{unknown}' where every label is below {thresholds[0]:.3f}"
    if len(labels) > NAMED:
        span = f"{min(thresholds):.3f} to {max(thresholds):.3f}"
        return f"'{unknown}' where every label is below its threshold, {span}"
    each = ", ".join(f"{label} {share:.3f}" for label, share in zip(labels, thresholds, strict=True))
    return f"'{unknown}' where every label is below its threshold: {each}"
