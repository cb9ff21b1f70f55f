"""Damaged photos of every format: each is read or refused, in bounded memory and time."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from ..conftest import ROOT
from .photo_mutants import ORIGINALS, kind_of

MOST_BYTES, MOST_S = 1_000_000_000, 5.0
GOOD = ("read", "undecodable", "refused")
COLUMNS = (*GOOD, "foreign", "crash", "over 5 s", "over 1.0 GB")
BATCH = 250  # mutants a process, whose peak of memory is that of all of them


def read_mutants(first: int, end: int) -> Iterator[dict[str, Any]]:
    """What came of each mutant; a new process goes on behind one that ended its process."""
    while first < end:
        command = [sys.executable, "-m", "tests.hostile.read_mutants", str(first), str(end)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        yield from (line for line in lines if "outcome" in line)
        if lines and "begun" in lines[-1]:
            yield {
                "number": lines[-1]["begun"],
                "outcome": f"crash: {done.returncode}",
                "seconds": 0,
                "peak": 0,
            }
        first = end if lines and done.returncode == 0 else lines[-1].get("begun", end) + 1


def verdict(line: dict[str, Any]) -> str:
    """The column that a mutant counts in."""
    if line["seconds"] > MOST_S:
        return "over 5 s"
    return "over 1.0 GB" if line["peak"] > MOST_BYTES else str(line["outcome"].split(":")[0])


@pytest.mark.parametrize("count", [420, pytest.param(10_000, marks=pytest.mark.hostile)])
def test_damaged_photos_are_read_or_refused(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a file says of itself: no crash, no foreign exception, 1.0 GB and 5 s of processor at most."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    bad = []
    for first in range(0, count, BATCH):
        for line in read_mutants(first, min(first + BATCH, count)):
            counts[kind_of(line["number"])][verdict(line)] += 1
            if verdict(line) not in GOOD:
                bad.append(line)
    with capsys.disabled():
        print("\n| format |", *(f"{name} |" for name in COLUMNS))
        for kind in ORIGINALS:
            print(f"| {kind} |", *(f"{counts[kind][name]} |" for name in COLUMNS))
    assert [] == bad
    assert count == sum(row.total() for row in counts.values())
    assert all(row["read"] and row["undecodable"] for row in counts.values())
