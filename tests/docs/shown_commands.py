"""The `edgebreed` commands that a block shows, and whether they and their options exist."""

from typing import Any

import typer

from edgebreed.cli import app

from .page_blocks import Block, Page, PageError
from .shell_calls import edgebreed_calls
from .shown_choices import wrong_choice

_HELP = {"-h", "--help"}


def command_lines(block: Block) -> list[str]:
    """The lines of a block that are commands; those that end in a backslash are joined with the next."""
    text = block.text.replace("\\\n", " ")
    if block.language in {"console", "text"}:
        return [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    return text.splitlines() if block.language == "sh" else []


def check_commands(place: str, lines: list[str]) -> None:
    """Refuses a command or an option that `edgebreed` has not.

    Raises:
        PageError: there is one.
    """
    for line in lines:
        faults = filter(None, map(_fault, _calls(place, line)))
        for fault in faults:
            raise PageError(f"{place}: {fault} in `{line.strip()}`")


def check_blocks(page: Page) -> None:
    """Refuses a command or an option in a block that `edgebreed` has not; runs nothing.

    Raises:
        PageError: there is one.
    """
    for block in page.blocks:
        check_commands(block.place, command_lines(block))


def _calls(place: str, line: str) -> list[list[str]]:
    try:
        return list(edgebreed_calls(line))
    except ValueError as error:  # a quotation without an end
        raise PageError(f"{place}: {error} in `{line.strip()}`") from error


def _fault(words: list[str]) -> str:
    """What is wrong with the arguments of a call; empty where nothing is."""
    command: Any = typer.main.get_command(app)
    depth = 0
    for word in words:
        below = getattr(command, "commands", {})
        if word in below:
            command, depth = below[word], depth + 1
        elif word.startswith("-"):
            if word.split("=")[0] not in _options_of(command):
                return f"no option {word}"
        elif depth == 0 and not word.isupper():  # COMMAND stands for any
            return f"no command {word}"
    return wrong_choice(command, words)


def _options_of(command: Any) -> set[str]:
    return _HELP | {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
