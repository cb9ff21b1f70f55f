"""Compares an exported file with the float model it came from, on the same photos."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Answers
from edgebreed.errors import ProofError
from edgebreed.export.recipe import Bound


@dataclass(frozen=True)
class Proof:
    """The comparison on labelled photos.

    Attributes:
        photos: which photos.
        n: how many.
        agreement: share with the float model's likeliest class.
        max_error: largest difference in a probability.
        float_top1: accuracy of the float model.
        exported_top1: accuracy of the exported file in its own runtime.
    """

    photos: str
    n: int
    agreement: float
    max_error: float
    float_top1: float
    exported_top1: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def compare(photos: str, reference: Answers, exported: Answers, labels: NDArray[np.int64]) -> Proof:
    """Compares answers to the same photos, in the same order."""
    before, after = reference.probabilities, exported.probabilities
    return Proof(
        photos=photos,
        n=len(labels),
        agreement=float((before.argmax(axis=1) == after.argmax(axis=1)).mean()),
        max_error=float(np.abs(before - after).max()),
        float_top1=float((before.argmax(axis=1) == labels).mean()),
        exported_top1=float((after.argmax(axis=1) == labels).mean()),
    )


def require(proof: Proof, bound: Bound, name: str) -> None:
    """Refuses an export that lost too much.

    Raises:
        ProofError: a bound is missed.
    """
    drop = proof.float_top1 - proof.exported_top1
    rules = (
        (
            "largest probability difference",
            proof.max_error,
            proof.max_error <= bound.max_error,
            bound.max_error,
        ),
        ("top-1 agreement", proof.agreement, proof.agreement >= bound.agreement, bound.agreement),
        ("loss of top-1", drop, drop <= bound.drop + 1e-9, bound.drop),
    )
    for what, value, holds, limit in rules:
        if not holds:
            raise ProofError(
                f"{name}: {what} is {value:.4g} on {proof.n} {proof.photos} photos, "
                f"the bound is {limit:.4g}; nothing was written (--force writes it all the same)"
            )
