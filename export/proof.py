"""Compares an exported file with the float model it came from, on the same photos."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.decision import are_known, rejection_scores
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.task import Rejection
from edgebreed.errors import ProofError
from edgebreed.export.interval import wilson
from edgebreed.export.recipe import FLOAT_BOUND, Bound

REMEDY = "nothing was written (--force writes it all the same)"


@dataclass(frozen=True)
class ClassLoss:
    """A class that the exported file knows worse.

    Attributes:
        label: its name.
        n: photos of it.
        float_top1: accuracy of the float model on them.
        exported_top1: accuracy of the exported file on them.
    """

    label: str
    n: int
    float_top1: float
    exported_top1: float


@dataclass(frozen=True)
class Proof:
    """The comparison on labelled photos.

    Attributes:
        photos: which photos.
        n: how many.
        agreement: share with the float model's likeliest class.
        max_error: largest difference in a probability, or in the in-distribution score.
        float_top1: accuracy of the float model.
        exported_top1: accuracy of the exported file in its own runtime.
        rejection_agreement: share on which both answer 'unknown', or both do not.
        losses: the classes that lost.
    """

    photos: str
    n: int
    agreement: float
    max_error: float
    float_top1: float
    exported_top1: float
    rejection_agreement: float = 1.0
    losses: tuple[ClassLoss, ...] = ()

    @property
    def drop(self) -> float:
        """The loss of top-1."""
        return self.float_top1 - self.exported_top1

    @property
    def float_interval(self) -> tuple[float, float]:
        """The float model's accuracy, 95 % interval."""
        return wilson(round(self.float_top1 * self.n), self.n)

    @property
    def exported_interval(self) -> tuple[float, float]:
        """The exported file's accuracy, 95 % interval."""
        return wilson(round(self.exported_top1 * self.n), self.n)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        intervals = {"float_interval": self.float_interval, "exported_interval": self.exported_interval}
        return {**asdict(self), **intervals}


def compare(
    photos: str,
    reference: ModelOutputs,
    exported: ModelOutputs,
    labels: NDArray[np.int64],
    rejection: Rejection,
    classes: Sequence[str] = (),
) -> Proof:
    """Compares answers to the same photos, in the same order.

    Args:
        photos: what to call them.
        reference: the float model's answers.
        exported: the exported file's.
        labels: `(N,) int64`.
        rejection: when 'unknown' is answered.
        classes: names by label; none, and no class is told apart.
    """
    before, after = reference.probabilities, exported.probabilities
    was, now = before.argmax(axis=1) == labels, after.argmax(axis=1) == labels
    moved = np.abs(rejection_scores(reference, rejection) - rejection_scores(exported, rejection))
    # A threshold may be an image's own score, which float arithmetic alone then takes to either side.
    same_side = are_known(reference, rejection) == are_known(exported, rejection)
    same_side |= moved <= FLOAT_BOUND.max_error
    return Proof(
        photos=photos,
        n=len(labels),
        agreement=float((before.argmax(axis=1) == after.argmax(axis=1)).mean()),
        max_error=float(max(np.abs(before - after).max(), moved.max())),
        float_top1=float(was.mean()),
        exported_top1=float(now.mean()),
        rejection_agreement=float(same_side.mean()),
        losses=_losses(was, now, labels, classes),
    )


def misses(proof: Proof, bound: Bound) -> tuple[str, ...]:
    """The bounds that an export missed, a phrase each; none where all hold."""
    rules = (
        (
            "largest probability difference",
            proof.max_error,
            proof.max_error <= bound.max_error,
            bound.max_error,
        ),
        ("top-1 agreement", proof.agreement, proof.agreement >= bound.agreement, bound.agreement),
        (
            "agreement on 'unknown'",
            proof.rejection_agreement,
            proof.rejection_agreement >= bound.agreement,
            bound.agreement,
        ),
        ("loss of top-1", proof.drop, proof.drop <= bound.drop + 1e-9, bound.drop),
    )
    return tuple(
        f"{what} is {value:.4g} on {proof.n} {proof.photos} photos, the bound is {limit:.4g}"
        for what, value, holds, limit in rules
        if not holds
    )


def require(proof: Proof, bound: Bound, name: str) -> None:
    """Refuses an export that lost too much.

    Raises:
        ProofError: a bound is missed.
    """
    missed = misses(proof, bound)
    if missed:
        raise ProofError(f"{name}: {missed[0]}; {REMEDY}")


def _losses(
    was: NDArray[np.bool_], now: NDArray[np.bool_], labels: NDArray[np.int64], classes: Sequence[str]
) -> tuple[ClassLoss, ...]:
    """Worst first."""
    found = [
        ClassLoss(name, int(of.sum()), float(was[of].mean()), float(now[of].mean()))
        for label, name in enumerate(classes)
        if (of := labels == label).any() and was[of].sum() > now[of].sum()
    ]
    return tuple(sorted(found, key=lambda loss: loss.exported_top1 - loss.float_top1))
