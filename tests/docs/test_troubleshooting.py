"""Every message of the page on troubleshooting is what edgebreed says."""

import re
from pathlib import Path

import pytest

from ..conftest import ROOT, Cli
from . import raise_imports, raise_models, raise_streams, raise_training
from .desk import RAISED, Desk
from .page_blocks import load_page

PAGE = ROOT / "docs" / "troubleshooting.md"
GROUPS = (raise_models, raise_imports, raise_training, raise_streams)
"""Importing them fills `RAISED`."""


def test_the_page_shows_what_is_raised_and_nothing_else() -> None:
    """Each message once."""
    shown = [block.text.strip() for block in load_page(PAGE, ROOT).blocks]
    assert sorted(RAISED) == sorted(shown)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the broker's connection that is refused
@pytest.mark.parametrize("message", RAISED, ids=lambda message: RAISED[message].__name__)
def test_a_message_is_raised(
    message: str, cli: Cli, tmp_path: Path, colours: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In these words; dots stand for any."""
    said = RAISED[message](Desk(cli, tmp_path, colours, photo, monkeypatch))
    pattern = ".+".join(re.escape(part) for part in message.split("..."))
    assert re.search(pattern, said), said


def test_every_group_raises_something() -> None:
    """And each raiser says in which case."""
    assert {group.__name__ for group in GROUPS} == {raise_.__module__ for raise_ in RAISED.values()}
    assert all(raise_.__doc__ for raise_ in RAISED.values())
