"""Prints the log messages of edgebreed on standard error, for the command line."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from edgebreed.edge.text import printable

_ROOT = "edgebreed"
_LONGEST = 2000  # letters; lists of names are cut before, so what is longer is one that nobody reads
_INFORMATIVE = ("edgebreed.edge.stream", "edgebreed.live", "edgebreed.outputs.answer_log")
"""Loggers whose messages at INFO a user wants to see: states of a stream, the page's address, answers."""


class _StderrHandler(logging.Handler):
    """Writes to the `sys.stderr` of the moment, which tests and progress bars replace."""

    def emit(self, record: logging.LogRecord) -> None:
        print_message(record.getMessage())


def print_message(message: str) -> None:
    """Prints one line on standard error; names of files in it may hold any characters, and any number."""
    line = printable(" ".join(message.split()))
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}"  # the end says what to do
    print("edgebreed: " + line, file=sys.stderr)


@contextmanager
def log_to_stderr() -> Iterator[None]:
    """Prints warnings of edgebreed, and information about a running stream, while a command runs.

    Matplotlib's own warnings are not for its users' users: that it keeps its font list in a temporary folder
    where there is no home to write to, for example.
    """
    levels = {
        _ROOT: logging.WARNING,
        "matplotlib": logging.ERROR,
        **dict.fromkeys(_INFORMATIVE, logging.INFO),
    }
    previous = {name: logging.getLogger(name).level for name in levels}
    handler, ours = _StderrHandler(), logging.getLogger(_ROOT)
    ours.addHandler(handler)
    ours.propagate = False  # libraries give the root logger a handler, which would print all once more
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.propagate = True
        for name, level in previous.items():
            logging.getLogger(name).setLevel(level)
