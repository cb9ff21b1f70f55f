"""From logits to probabilities: softmax where classes exclude one another, sigmoid where they do not."""

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.task import Task
from edgebreed.str_enum import StrEnum
from edgebreed.train.classification_metrics import softmax


class Activation(StrEnum):
    """The last layer of a classifier."""

    SOFTMAX = "softmax"
    SIGMOID = "sigmoid"

    @classmethod
    def of(cls, task: Task) -> "Activation":
        """The one that a task asks for."""
        return cls.SIGMOID if task.multi_label else cls.SOFTMAX

    def __call__(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities `(N, classes) float32` of logits of the same shape."""
        if self is Activation.SOFTMAX:
            return softmax(logits)
        from scipy.special import expit

        return np.asarray(expit(logits), np.float32)
