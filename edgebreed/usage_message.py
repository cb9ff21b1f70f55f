"""What a refused command line is told: the fault, how the word is passed, and which help tells more."""

import re
from typing import Any

from typer.exceptions import TyperException

from edgebreed.edge.stream.redaction import redact

_OPTION_OF_WORDS = {"stream": "--source", "train": "--data", "export": "--run"}
"""The option that a word without one was most likely meant for, by command."""


def usage_message(error: TyperException) -> str:
    """One line; empty when the help was printed. The error may quote an address or a pipeline."""
    message = redact(error.format_message())
    if not message:
        return ""
    message = re.sub(r"(extra argument\(s\)) \((\S+) .*\)", r"\1 from \2 on: quote what has spaces", message)
    context = getattr(error, "ctx", None)  # Typer has no public name for the errors that have one
    command = context.command_path if context else "edgebreed"
    if hint := _without_option(error, context, command):
        message = redact(error.message)  # without Typer's guess at another option
    hint = hint or _with_option(message, command)
    return f"{message}{hint} (see `{command} --help`)"


def _without_option(error: TyperException, context: Any, command: str) -> str:
    """What to write in place of an option whose value the command takes without one."""
    option = getattr(error, "option_name", None)
    parameters = context.command.params if context and option else []
    for one in parameters:
        if one.param_type_name == "argument" and f"--{one.name}" == option:
            return f": write the {one.name} without it, as in `{command} {one.name.upper()}`"
    return ""


def _with_option(message: str, command: str) -> str:
    """Which option a word belongs to that the command takes with one alone."""
    option = _OPTION_OF_WORDS.get(command.rpartition(" ")[2])
    alone = message.endswith(")") and "extra argument(s)" in message
    return f": name it with {option}" if option and alone else ""
