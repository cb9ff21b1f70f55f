"""The command lines that a run's report shows."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from edgebreed.cli import app
from edgebreed.edge.text import printable
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.train_command import next_commands, quoted, train_command

OUT, CACHE = Path("runs/a"), Path("cache")


def command_of(**asked: Any) -> str:
    """The command that repeats a request."""
    return train_command(TrainConfig(OUT, CACHE, **asked).to_dict(), "runs/b")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, ""),
        ({"data": Path("my data"), "arch": Arch.TRANSFER}, "--data 'my data'"),
        ({"data": Path("d"), "arch": Arch.SCRATCH, "size": 64}, "--data d --size 64 --arch scratch"),
        ({"arch": Arch.TRANSFER}, "--arch transfer"),
        ({"data": Path("d"), "arch": Arch.TRANSFER, "epochs": 3, "seed": 7}, "--data d --epochs 3 --seed 7"),
        (
            {"data": Path("d"), "arch": Arch.TRANSFER, "backbone": "ResNet50", "fine_tune": 4},
            "--data d --backbone ResNet50 --fine-tune --fine-tune-epochs 4",
        ),
        (
            {"data": Path("d"), "arch": Arch.TRANSFER, "keep_duplicates": True, "unknown_below": "0.5"},
            "--data d --keep-duplicates --unknown-below 0.5",
        ),
    ],
)
def test_only_what_was_asked_is_in_the_command(asked: dict[str, Any], words: str) -> None:
    """Defaults are left out, and names with blanks are quoted."""
    assert " ".join(f"edgebreed train {words} --out runs/b".split()) == command_of(**asked)


@pytest.mark.parametrize(
    "name", ["two\nlines", "caf\udce9 9", "it's\\x41\n", "\u202eab", "\u72ac \x1b[0m", "plain", "$HOME"]
)
def test_any_name_comes_back_from_a_shell(name: str) -> None:
    """Also from the page, which shows escapes in place of what cannot be printed."""
    word = quoted(name)
    assert word == printable(word)
    shell = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert os.fsencode(name) == shell.stdout
    assert word in train_command(TrainConfig(OUT, CACHE, data=Path(name)).to_dict(), "runs/b")
    assert all(word in command for command in list(next_commands("runs/a", name).values())[1:])


def test_a_run_that_recorded_no_request_has_no_command() -> None:
    """Better than a wrong one."""
    assert "" == train_command({}, "runs/b")


def test_every_option_exists() -> None:
    """In the command line as it is today."""
    everything = TrainConfig(
        OUT, CACHE, Arch.TRANSFER, Path("d"), Path("w"), Path("n"), Path("e"), Path("j"), 3, 64, fine_tune=2
    )
    commands = [train_command(everything.to_dict(), "b"), *next_commands("runs/a", "d").values()]
    for line in commands:
        _, *words = shlex.split(line)
        command: Any = get_command(app)
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set() == {word for word in words if word.startswith("--")} - known
