"""Compares an exported file with the float model that it was made from, on the same images."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import describe_share, interval_of, percent
from edgebreed.edge.decision import are_known, rejection_scores
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.task import Rejection
from edgebreed.errors import ProofError
from edgebreed.export.recipe import FLOAT_BUDGET, AccuracyBudget

REMEDY = "nothing was written (--force writes it anyway)"
ROUNDING = 1e-9  # of a share computed in float64


@dataclass(frozen=True)
class ClassLoss:
    """A class on which the exported file is less accurate than the float model.

    Attributes:
        label: its name.
        n: number of its images.
        float_top1: accuracy of the float model on them.
        exported_top1: accuracy of the exported file on them.
    """

    label: str
    n: int
    float_top1: float
    exported_top1: float


@dataclass(frozen=True)
class AgreementReport:
    """How the outputs of an exported file differ from the float model's.

    Attributes:
        split: the split that the images are of, or another word for which they are.
        n: number of images.
        agreement: share of images with the same top-1 class.
        max_error: largest difference in a probability or in the in-distribution score.
        rejection_agreement: share of images that both reject as unknown or both accept.
    """

    split: str
    n: int
    agreement: float
    max_error: float
    rejection_agreement: float = field(default=1.0, kw_only=True)

    def describe(self) -> str:
        """In a line of text."""
        return f"agreement {percent(self.agreement)}, probabilities differ by at most {self.max_error:.2g}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class ParityReport(AgreementReport):
    """The same on labelled images, with the accuracy of both.

    Attributes:
        float_top1: accuracy of the float model.
        exported_top1: accuracy of the exported file in its own runtime.
        losses: the classes on which the exported file is less accurate, worst first.
    """

    float_top1: float
    exported_top1: float
    losses: tuple[ClassLoss, ...] = ()

    @property
    def drop(self) -> float:
        """The loss of top-1 accuracy."""
        return self.float_top1 - self.exported_top1

    @property
    def float_interval(self) -> tuple[float, float]:
        """95 % interval of the float model's accuracy."""
        return interval_of(self.float_top1, self.n)

    @property
    def exported_interval(self) -> tuple[float, float]:
        """95 % interval of the exported file's accuracy."""
        return interval_of(self.exported_top1, self.n)

    def describe(self) -> str:
        """In a line of text."""
        top1 = describe_share(self.exported_top1, self.n)
        return f"top-1 {top1}, agreement {percent(self.agreement)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        intervals = {"float_interval": self.float_interval, "exported_interval": self.exported_interval}
        return {**asdict(self), **intervals}


def compare_unlabelled(
    split: str, reference: ModelOutputs, exported: ModelOutputs, rejection: Rejection
) -> AgreementReport:
    """Compares outputs for the same images, in the same order.

    Args:
        split: the split that the images are of, or another word for which they are.
        reference: the float model's outputs.
        exported: the exported file's outputs.
        rejection: when an image is rejected as unknown.
    """
    before, after = reference.probabilities, exported.probabilities
    moved = np.abs(rejection_scores(reference, rejection) - rejection_scores(exported, rejection))
    # The threshold is often a validation image's own score; then rounding alone can reject that image.
    same_side = are_known(reference, rejection) == are_known(exported, rejection)
    same_side |= moved <= FLOAT_BUDGET.max_error
    return AgreementReport(
        split=split,
        n=len(before),
        agreement=float((before.argmax(axis=1) == after.argmax(axis=1)).mean()),
        max_error=float(max(np.abs(before - after).max(), moved.max())),
        rejection_agreement=float(same_side.mean()),
    )


def compare(
    split: str,
    reference: ModelOutputs,
    exported: ModelOutputs,
    labels: NDArray[np.int64],
    rejection: Rejection,
    classes: Sequence[str] = (),
) -> ParityReport:
    """Compares outputs for the same labelled images, in the same order.

    Args:
        split: the split that the images are of.
        reference: the float model's outputs.
        exported: the exported file's outputs.
        labels: the right classes, `(N,) int64`.
        rejection: when an image is rejected as unknown.
        classes: class names by label; empty leaves `losses` empty.
    """
    was_right, is_right = (rows.probabilities.argmax(axis=1) == labels for rows in (reference, exported))
    return ParityReport(
        **asdict(compare_unlabelled(split, reference, exported, rejection)),
        float_top1=float(was_right.mean()),
        exported_top1=float(is_right.mean()),
        losses=_class_losses(was_right, is_right, labels, classes),
    )


def misses(report: AgreementReport, budget: AccuracyBudget) -> tuple[str, ...]:
    """The bounds of a budget that an export misses, a phrase each; empty where all hold.

    A bound on a share that is not exactly 0 loss allows at least one image. Without labels, no loss of top-1
    is known; it is at most the share of images whose class changed.
    """
    held, on_unknown = budget.measurable_on(report.n), report.rejection_agreement
    least = held.agreement - ROUNDING
    drop = report.drop if isinstance(report, ParityReport) else 0.0
    rules = (
        (
            "largest probability difference",
            report.max_error,
            held.max_error,
            report.max_error <= held.max_error,
        ),
        ("top-1 agreement", report.agreement, held.agreement, report.agreement >= least),
        ("agreement on 'unknown'", on_unknown, held.agreement, on_unknown >= least),
        ("loss of top-1", drop, held.drop, drop <= held.drop + ROUNDING),
    )
    return tuple(
        f"{what} is {value:.4g} on {report.n} {report.split} images, the bound is {bound:.4g}"
        for what, value, bound, holds in rules
        if not holds
    )


def too_few_images(n: int, budget: AccuracyBudget) -> str | None:
    """What n images are too few to measure of a budget, as a sentence; None where they are enough."""
    if budget.measurable_on(n) == budget:
        return None
    return f"{n} images: one is {100 / n:.1f} points; a loss below that cannot be measured"


def require(report: AgreementReport, budget: AccuracyBudget, name: str) -> None:
    """Refuses an export that exceeds its budget.

    Raises:
        ProofError: a bound is missed.
    """
    missed = misses(report, budget)
    if missed:
        raise ProofError(f"{name}: {missed[0]}; {REMEDY}")


def _class_losses(
    was_right: NDArray[np.bool_],
    is_right: NDArray[np.bool_],
    labels: NDArray[np.int64],
    classes: Sequence[str],
) -> tuple[ClassLoss, ...]:
    found = [
        ClassLoss(name, int(of.sum()), float(was_right[of].mean()), float(is_right[of].mean()))
        for label, name in enumerate(classes)
        if (of := labels == label).any() and was_right[of].sum() > is_right[of].sum()
    ]
    return tuple(sorted(found, key=lambda loss: loss.exported_top1 - loss.float_top1))
