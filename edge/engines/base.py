"""What an inference engine is to the rest of the runtime."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Answers(NamedTuple):
    """A model's outputs for a batch.

    Attributes:
        probabilities: `(N, classes) float32`, rows sum to 1.
        known: `(N,) float32` in 0..1, how much each photo looks like any of the classes; None where
            the model has no such output.
    """

    probabilities: NDArray[np.float32]
    known: NDArray[np.float32] | None = None


class Engine(Protocol):
    """Runs a model.

    Attributes:
        name: the engine and, where it has a choice, what runs the arithmetic:
            `onnxruntime/CUDAExecutionProvider`.
    """

    name: str

    def run(self, batch: NDArray[np.uint8]) -> Answers:
        """Answers a batch `(N, H, W, 3) uint8 RGB`."""
        ...


@dataclass
class FixedEngine:
    """Answers every photo alike: for tests and for trying the camera path without a model.

    Attributes:
        probabilities: `(classes,) float32`.
        known: in 0..1, or None.
    """

    probabilities: NDArray[np.float32]
    known: float | None = None
    name: str = "fixed"

    def run(self, batch: NDArray[np.uint8]) -> Answers:
        """Answers a batch `(N, H, W, 3) uint8 RGB`."""
        rows = np.repeat(self.probabilities[None], len(batch), axis=0)
        return Answers(rows, None if self.known is None else np.full(len(batch), self.known, np.float32))


def in_rows(
    run: Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]], batch: NDArray[np.uint8], single: bool
) -> list[NDArray[np.float32]]:
    """A model's outputs for a batch; one of static batch 1 (`single`) takes one row after another."""
    if not single or len(batch) < 2:
        return run(batch)
    rows = [run(row) for row in np.split(batch, len(batch))]
    return [np.concatenate(parts) for parts in zip(*rows, strict=True)]


def answers(outputs: list[NDArray[np.float32]], classes: int) -> Answers:
    """Tells a model's outputs apart: the one as wide as the classes, and the optional single column."""
    if len(outputs) == 1:
        return Answers(outputs[0])
    wide, narrow = sorted(outputs, key=lambda output: output.shape[-1] != classes)
    return Answers(wide, narrow[:, 0])
