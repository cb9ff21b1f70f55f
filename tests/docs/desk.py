"""Where the messages of the page on troubleshooting are raised."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgebreed.errors import EdgebreedError

from ..conftest import Cli


@dataclass(frozen=True)
class Desk:
    """Where a message is raised.

    Attributes:
        cli: runs a command in `folder`.
        folder: empty but for `model` and `photo`.
        model: tells colours.
        photo: a red one.
        monkeypatch: makes the machine another one.
    """

    cli: Cli
    folder: Path
    model: Path
    photo: Path
    monkeypatch: pytest.MonkeyPatch

    def said(self, *arguments: object) -> str:
        """All that a command prints."""
        outcome = self.cli(*arguments)
        return outcome.err + outcome.out

    def file(self, name: str, data: bytes = b"") -> Path:
        """A file with its folders."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


Raise = Callable[[Desk], str]
RAISED: dict[str, Raise] = {}
"""What raises a message, by the message as the page shows it."""


def shown_as(message: str) -> Callable[[Raise], Raise]:
    """Enters what raises a message."""

    def enter(raise_: Raise) -> Raise:
        RAISED[message] = raise_
        return raise_

    return enter


def message_of(call: Callable[[], object]) -> str:
    """The message of the error that a call raises."""
    with pytest.raises(EdgebreedError) as caught:
        call()
    return str(caught.value)
