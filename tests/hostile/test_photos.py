"""Damaged photos of every format: each is read or refused, in bounded memory and time."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from ..conftest import ROOT
from .photo_mutants import kind_of
from .tally import Tally, within_limits

GOOD = ("read", "undecodable", "refused")
SHORT = 420
BATCH = 958  # mutants a process, whose peak of memory is that of all of them
TOTAL = 10_000


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


def batches() -> Iterator[object]:
    """A small part of the campaign for every run, and the rest for the long one."""
    yield 0, SHORT
    for first in range(SHORT, TOTAL, BATCH):
        yield pytest.param(first, min(first + BATCH, TOTAL), marks=pytest.mark.hostile)


@pytest.mark.parametrize(("first", "end"), list(batches()))
def test_damaged_photos_are_read_or_refused(first: int, end: int, tally: Tally) -> None:
    """Whatever a file says of itself: no crash, no foreign exception, 1.0 GB and 5 s of processor at most."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    bad = []
    for line in read_mutants(first, end):
        kind = kind_of(line["number"])
        verdict = within_limits(line["outcome"].split(":")[0], line["seconds"], line["peak"])
        counts[kind][verdict] += 1
        tally.count(f"photos, {kind}", verdict)
        if verdict not in GOOD:
            bad.append(line)
    assert [] == bad
    assert end - first == sum(row.total() for row in counts.values())
    assert all(row["read"] and row["undecodable"] for row in counts.values())
