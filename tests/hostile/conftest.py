"""The counts of the campaigns in one table, and a part of each campaign for every change."""

import re
from itertools import groupby

import pytest

from .tally import Tally

_TALLY = pytest.StashKey[Tally]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--every`."""
    parser.addoption("--every", type=int, default=1, help="run one in N batches of each campaign")


def pytest_configure(config: pytest.Config) -> None:
    """Begins to count."""
    config.stash[_TALLY] = Tally()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves one batch in N of each campaign; those that are in one piece are left out, as they are long."""
    every = config.getoption("--every", 1)
    if every == 1:
        return
    batches = sorted(items, key=_place)
    campaigns = [list(group) for _, group in groupby(batches, _campaign)]
    kept = {item for campaign in campaigns if len(campaign) > 1 for item in campaign[::every]}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> Tally:
    """Counts what became of the inputs of the campaigns."""
    return pytestconfig.stash[_TALLY]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table."""
    rows = list(config.stash[_TALLY].rows())
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        terminalreporter.write_line(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        )


def _campaign(item: pytest.Item) -> str:
    return re.sub(r"\d+", "", item.nodeid)


def _place(item: pytest.Item) -> tuple[str, list[int]]:
    return _campaign(item), [int(number) for number in re.findall(r"\d+", item.nodeid)]
