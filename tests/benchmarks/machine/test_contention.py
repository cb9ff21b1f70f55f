"""How much other programs stood in the way, from the kernel's counters."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.contention import TICK_S, Usage

OURS = min(os.sched_getaffinity(0))


def plant(root: Path, busy: int, idle: int, steal: int) -> Usage:
    """Reads a `/proc/stat` in which a processor of ours, and one of somebody else, were so busy."""
    (root / "proc").mkdir(exist_ok=True)
    ours, other = (f"cpu{n} {busy} 0 0 {idle} 0 0 0 {steal} 0 0" for n in (OURS, 9999))
    (root / "proc/stat").write_text(f"cpu  1 2 3 4 5 6 7 8 9 10\n{ours}\n{other}\nintr 1 2 3\n")
    return Usage.read(root)


def test_only_processors_that_this_process_may_use_count(tmp_path: Path) -> None:
    """User, nice, system, idle, iowait, irq, softirq, steal."""
    assert (500, 0, 0, 400, 0, 0, 0, 100) == plant(tmp_path, 500, 400, 100).ticks


def test_others_are_what_is_busy_and_not_ours(tmp_path: Path) -> None:
    """As shares of all the time."""
    before = plant(tmp_path, 0, 0, 0)
    after = replace(plant(tmp_path, 500, 400, 100), own_s=before.own_s + 300 * TICK_S)
    found = before.until(after)
    assert (found.others_share, found.stolen_share) == pytest.approx((0.2, 0.1))


def test_more_of_ours_than_was_busy_is_a_tick_lost(tmp_path: Path) -> None:
    """Not a negative share."""
    before = plant(tmp_path, 0, 0, 0)
    after = replace(plant(tmp_path, 100, 900, 0), own_s=before.own_s + 102 * TICK_S)
    assert 0.0 == before.until(after).others_share


def test_a_kernel_that_tells_nothing(tmp_path: Path) -> None:
    """None, not zero; also where no tick has passed."""
    nothing = Usage.read(tmp_path)
    found = nothing.until(nothing)
    assert (None, None) == (found.others_share, found.stolen_share)
    same = plant(tmp_path, 1, 1, 1)
    assert None is same.until(same).others_share


def test_this_kernel() -> None:
    """Linux tells all eight."""
    assert 8 == len(Usage.read().ticks)
