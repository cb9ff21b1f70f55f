"""Runs the blocks of a page, in order, in one folder."""

import ast
import importlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from ..conftest import ROOT
from .expected_output import difference, matches
from .page_blocks import Block, Page, PageError
from .shown_commands import check_commands, command_lines

LIMIT_S = 600
WIDTH = 100  # columns of the terminal that pages show


class AnyTagLoader(yaml.SafeLoader):
    """Reads YAML with the tags of other programs, such as Home Assistant's `!secret`."""


AnyTagLoader.add_multi_constructor("!", lambda loader, suffix, node: suffix)


class PageFolder:
    """A folder with the programs and the surroundings that a page's commands run in.

    Args:
        folder: where commands run.
        home: folder of the user, where caches go; pages may share it.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        programs = home / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        _write_program(programs / "edgebreed", "-m edgebreed")
        _write_program(programs / "python", "")
        self._environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",  # so that both outputs come in the order in which they are printed
            "HOME": str(home),
            "COLUMNS": str(WIDTH),
            "NO_COLOR": "1",
        }

    def shell(self, script: str) -> tuple[int, str]:
        """Runs a script, and ends what it left running; returns the exit code and both outputs."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            command = ["bash", "-e", "-o", "pipefail", "-c", script]
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = process.wait(LIMIT_S)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            output.seek(0)
            return code, output.read()


def _write_program(path: Path, arguments: str) -> None:
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {arguments} "$@"\n')
    path.chmod(0o755)


def run_page(page: Page, folder: PageFolder) -> None:
    """Runs or checks each block of a page.

    Raises:
        PageError: a block does not do what the page says.
    """
    for block in page.blocks:
        check_commands(block.place, command_lines(block))
        if block.not_run:
            _PARSERS.get(block.language, _parse_nothing)(block)
        else:
            _refuse_any_exit(block)
            _RUNNERS[block.language](block, folder)


def _refuse_any_exit(block: Block) -> None:
    """Refuses `||`, after which every exit code passes."""
    for line in command_lines(block):
        if "||" in line:
            raise PageError(f"{block.place}: `||` hides the exit code: write <!-- exits 0 or 1 --> above")


def _run_shell(block: Block, folder: PageFolder) -> None:
    code, printed = folder.shell(block.text)
    _check_code(block, code, printed, block.exits)


def _run_python(block: Block, folder: PageFolder) -> None:
    (folder.folder / "program.py").write_text(block.text)
    code, printed = folder.shell("python program.py")
    _check_code(block, code, printed, block.exits)


def _run_console(block: Block, folder: PageFolder) -> None:
    dialogue = list(console_dialogue(block))
    for number, (command, shown) in enumerate(dialogue, 1):
        code, printed = folder.shell(command)
        _check_code(block, code, printed, block.exits if number == len(dialogue) else (0,))
        if not matches(shown, printed):
            raise PageError(f"{block.place}: `{command}` prints another text\n{difference(shown, printed)}")


def console_dialogue(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown below it."""
    command, shown = "", ""
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], ""
        elif command.endswith("\\\n"):
            command += line
        elif not command:
            raise PageError(f"{block.place}: a console block begins with `$ ` and a command")
        else:
            shown += line
    yield command, shown


def _check_code(block: Block, code: int, printed: str, expected: tuple[int, ...]) -> None:
    if code not in expected:
        allowed = " or ".join(map(str, expected))
        raise PageError(f"{block.place}: exit code {code} in place of {allowed}\n{block.text}\n{printed}")


def _parse_nothing(block: Block, folder: PageFolder | None = None) -> None:
    """Text is shown as it is."""


def _parser(parse: Callable[[str], Any]) -> Callable[..., None]:
    def check(block: Block, folder: PageFolder | None = None) -> None:
        try:
            parse(block.text)
        except Exception as error:  # of any parser
            raise PageError(f"{block.place}: no {block.language}: {error}") from error

    return check


def _load_toml(text: str) -> Any:
    return importlib.import_module("tomllib").loads(text)


_DATA: dict[str, Callable[..., None]] = {
    "json": _parser(json.loads),
    "yaml": _parser(lambda text: list(yaml.load_all(text, AnyTagLoader))),
    "toml": _parser(_load_toml),
    "text": _parse_nothing,
}
_PARSERS: dict[str, Callable[..., Any]] = {
    **_DATA,
    "python": _parser(ast.parse),
    "console": lambda block: list(console_dialogue(block)),
}
_RUNNERS = {**_DATA, "console": _run_console, "sh": _run_shell, "python": _run_python}
