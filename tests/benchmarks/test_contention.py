"""How much other programs stood in the way, from the kernel's counters."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.contention import Waits, waited_s


def plant(root: Path, waits_ns: list[int], steal: int) -> None:
    """A `/proc` with threads that waited, and 1000 ticks, `steal` of them stolen."""
    for number, wait in enumerate(waits_ns):
        folder = root / f"proc/self/task/{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "schedstat").write_text(f"12345 {wait} 7\n")
    (root / "proc/stat").write_text(f"cpu  0 0 0 {1000 - steal} 0 0 0 {steal} 0 0\ncpu0 1 1 1\n")


def test_waits_are_summed_over_threads(tmp_path: Path) -> None:
    """In seconds; None where the kernel does not tell."""
    plant(tmp_path, [2_000_000_000, 500_000_000], 0)
    assert 2.5 == waited_s(tmp_path)
    assert None is waited_s(tmp_path / "nothing")


def test_what_happened_between_two_moments(tmp_path: Path) -> None:
    """Shares of the time that passed, and of all ticks."""
    plant(tmp_path, [0], 0)
    before = Waits.read(tmp_path)
    (tmp_path / "proc/stat").write_text("cpu  0 0 0 1900 0 0 0 100 0 0\n")
    after = Waits(before.at + 10, 4.0, Waits.read(tmp_path).ticks)
    found = before.until(after)
    assert found.waiting_share == pytest.approx(0.4)
    assert found.stolen_share == pytest.approx(0.1)


def test_a_kernel_that_tells_nothing(tmp_path: Path) -> None:
    """None, not zero."""
    found = Waits.read(tmp_path).until(Waits.read(tmp_path))
    assert (None, None) == (found.waiting_share, found.stolen_share)


def test_this_kernel() -> None:
    """Linux tells both of this very process."""
    assert 0 <= (waited_s() or 0.0)
    assert 8 == len(Waits.read().ticks)
