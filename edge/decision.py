"""Known class, person or unknown: from a model's outputs, its threshold, and faces."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.engine import ModelOutputs
from edgebreed.edge.prediction import Kind, Prediction
from edgebreed.edge.task import Rejection, RejectionScore


def rejection_scores(outputs: ModelOutputs, rejection: Rejection) -> NDArray[np.float32]:
    """The score of each image of a batch that the threshold is compared with, `(N,) float32` in 0..1."""
    if rejection.score is RejectionScore.MAX_PROBABILITY or outputs.in_distribution is None:
        return np.asarray(outputs.probabilities.max(axis=1), np.float32)
    return outputs.in_distribution


def are_known(outputs: ModelOutputs, rejection: Rejection) -> NDArray[np.bool_]:
    """Whether each image of a batch shows one of the classes, `(N,) bool`; all do without a threshold."""
    if rejection.threshold is None:
        return np.ones(len(outputs.probabilities), bool)
    return np.asarray(rejection_scores(outputs, rejection) >= np.float32(rejection.threshold), bool)


def decide(known: bool, faces: Sequence[object] | None) -> Kind:
    """The kind of an image: the network decides first, so a known subject beside a person is known.

    Args:
        known: whether the network recognised one of its classes.
        faces: what the detector found; None where it was not asked.
    """
    if known:
        return Kind.KNOWN
    return Kind.PERSON if faces else Kind.UNKNOWN


def top_predictions(
    probabilities: NDArray[np.float32], labels: Sequence[str], k: int = 5
) -> tuple[Prediction, ...]:
    """The k most probable classes of one row `(classes,) float32`; ties keep the order of the classes."""
    order = np.argsort(-probabilities, kind="stable")[:k]
    return tuple(Prediction(labels[index], float(probabilities[index])) for index in order)


def are_present(probabilities: NDArray[np.float32], thresholds: Sequence[float]) -> NDArray[np.bool_]:
    """Whether each image of a batch shows each label of a multi-label model.

    Args:
        probabilities: `(N, classes) float32`.
        thresholds: one a class; a probability that equals it is enough.

    Returns:
        `(N, classes) bool`.
    """
    return np.asarray(probabilities >= np.asarray(thresholds, np.float32), bool)


def present_labels(
    probabilities: NDArray[np.float32], labels: Sequence[str], thresholds: Sequence[float]
) -> tuple[Prediction, ...]:
    """The labels of one row `(classes,) float32` at or above their thresholds, most probable first."""
    present = are_present(probabilities, thresholds)
    names = [label for label, shown in zip(labels, present, strict=True) if shown]
    return top_predictions(probabilities[present], names, len(names))
