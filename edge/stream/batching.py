"""How many frames share an inference, and how long the first of them waits for the others."""

from dataclasses import dataclass, field

SHORTEST_S, LONGEST_S = 0.002, 0.1
USUAL_FPS = 30.0  # of a camera that does not say


@dataclass
class Batching:
    """A batch is taken when it is full, or when its first frame has waited for its budget.

    The budget is the fastest source's period less the time of an inference: who waits longer would answer a
    frame after the next one has come.

    Attributes:
        most: frames of a batch; 1 lets the sources take turns.
        fps: of the fastest source.
    """

    most: int = 1
    fps: float = USUAL_FPS
    _execution_s: float = field(default=0.0, repr=False)

    def finished(self, seconds: float) -> None:
        """Records how long an inference took, in s."""
        self._execution_s = seconds if not self._execution_s else 0.8 * self._execution_s + 0.2 * seconds

    def budget_s(self) -> float:
        """How long the first frame of a batch may wait, in s."""
        return min(LONGEST_S, max(SHORTEST_S, 1 / self.fps - self._execution_s))
