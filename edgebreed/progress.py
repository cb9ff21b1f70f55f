"""Progress bars with rate and remaining time, on a terminal only."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Item = TypeVar("Item")


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def bar(console: Console) -> Progress:
    """A progress bar on a console; it draws nothing if the console is not a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def track(items: Iterable[Item], title: str, total: int) -> Iterator[Item]:
    """Yields the items and draws a progress bar on standard error, unless `total` is 0."""
    if not total:
        yield from items
        return
    with bar(Console(file=sys.stderr)) as progress:
        yield from progress.track(items, total=total, description=title)


@contextmanager
def bars_of_libraries_on_a_terminal_only() -> Iterator[None]:
    """Drops what a library draws on standard output if that is no terminal.

    Rich, which NNCF draws with, prints finished bars into files and pipes too.
    """
    if sys.stdout.isatty():
        yield
        return
    with redirect_stdout(io.StringIO()):
        yield
