"""What a stream tells those who watch it."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol

from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Result


class State(StrEnum):
    """Where a stream stands."""

    RUNNING = "running"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True)
class StateChange:
    """A stream came into another state.

    Attributes:
        state: the new one.
        reason: one line for people, without credentials.
        at: Unix time, in s.
    """

    state: State
    reason: str
    at: float


@dataclass(frozen=True)
class Counts:
    """Where the frames went; `captured == processed + dropped + failed` once a stream has ended.

    Attributes:
        captured: frames that the source delivered.
        processed: frames that were answered.
        dropped: frames that a newer one replaced before they were answered.
        failed: frames that were no pictures, or that the pipeline failed on.
        reconnects: how often the source was opened again.
    """

    captured: int = 0
    processed: int = 0
    dropped: int = 0
    failed: int = 0
    reconnects: int = 0

    def to_dict(self) -> dict[str, int]:
        """Plain JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class Answered:
    """A frame with its answer.

    Attributes:
        frame: `(H, W, 3) uint8 BGR`, as captured; whoever wants to draw makes a copy.
        result: the answer.
        number: of the frame in its source, from 0.
        captured_at: Unix time, in s.
        age_ms: from capture to answer, in ms.
        counts: where the frames went so far.
    """

    frame: Frame
    result: Result
    number: int
    captured_at: float
    age_ms: float
    counts: Counts


class Sink(Protocol):
    """Takes what a stream tells; called from one thread, in order, and must not block for long."""

    def answered(self, answered: Answered) -> None:
        """Takes a frame with its answer."""
        ...

    def changed(self, change: StateChange) -> None:
        """Takes a change of state."""
        ...

    def close(self) -> None:
        """Writes out what is still held; nothing comes after it."""
        ...
