"""Progress bars with rate and remaining time, on a terminal only."""

import sys
from collections.abc import Iterable, Iterator
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
