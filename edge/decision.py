"""Dog, human or neither."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.boxes import Box
from edgebreed.edge.engines.base import Answers
from edgebreed.edge.manifest import Manifest, Rejection, RejectionScore
from edgebreed.edge.result import Guess, Kind


def scores(outputs: Answers, rejection: Rejection) -> NDArray[np.float32]:
    """How much each photo of a batch looks like any of the classes, `(N,) float32` in 0..1."""
    if rejection.score is RejectionScore.MAX_PROBABILITY or outputs.known is None:
        return np.asarray(outputs.probabilities.max(axis=1), np.float32)
    return outputs.known


def decide(outputs: Answers, faces: Sequence[Box], manifest: Manifest) -> Kind:
    """Names what one photo shows: the network's word for dogs, then Haar's for people.

    Args:
        outputs: a model's answers to a batch of one.
        faces: boxes that the detector found.
        manifest: holds the threshold.
    """
    if scores(outputs, manifest.rejection)[0] >= manifest.rejection.threshold:
        return Kind.DOG
    return Kind.HUMAN if faces else Kind.NEITHER


def top_guesses(probabilities: NDArray[np.float32], labels: tuple[str, ...], k: int = 5) -> tuple[Guess, ...]:
    """The k likeliest labels of one row `(classes,) float32`."""
    order = np.argsort(-probabilities, kind="stable")[:k]
    return tuple(Guess(labels[index], float(probabilities[index])) for index in order)
