"""Whether a stream is well."""

from dataclasses import dataclass
from typing import Any

from edgebreed.edge.camera.events import State
from edgebreed.live.latest import View
from edgebreed.live.messages import reason, state_word

STALE_S = 10.0
"""A stream without an answer for so long is not well, whatever its state."""


@dataclass(frozen=True)
class Health:
    """What a supervisor is told.

    Attributes:
        well: whether answers come.
        why: one line; empty while all is well.
        state: the stream's state in a word.
        silence_s: time since the newest answer, in s.
    """

    well: bool
    why: str
    state: str
    silence_s: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "status": "ok" if self.well else "failing",
            "why": self.why,
            "state": self.state,
            "silence_s": round(self.silence_s, 1),
        }


def health(view: View, *, with_reason: bool) -> Health:
    """Judges a stream: it must neither have failed or ended, nor be silent for `STALE_S` seconds.

    Args:
        view: what there is to see.
        with_reason: whether to add the stream's own reason, which may name addresses.
    """
    word = state_word(view)
    if word in {State.FAILED, State.ENDED}:
        why = f"the stream {word}" if word == State.FAILED else "the stream has ended"
    elif view.silence_s > STALE_S:
        why = f"no answer for {view.silence_s:.0f} s, {word}"
    else:
        return Health(True, "", word, view.silence_s)
    told = reason(view) if with_reason else ""
    return Health(False, f"{why}: {told}" if told else why, word, view.silence_s)
