"""How much other programs stood in a measurement's way."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Contention:
    """Time that this process and this machine waited, between two moments.

    Attributes:
        waiting_share: time that this process's threads were ready to run and got no processor, summed over
            threads, as a share of the time that passed; None where the kernel does not tell.
        stolen_share: time that a hypervisor gave to other machines, as a share of all processors' time;
            None where the kernel does not tell.
    """

    waiting_share: float | None
    stolen_share: float | None


@dataclass(frozen=True)
class Waits:
    """The kernel's counters at one moment."""

    at: float
    waited_s: float | None
    ticks: tuple[int, ...]

    @classmethod
    def read(cls, root: Path = Path("/")) -> Self:
        """Reads them.

        Args:
            root: where `/proc` lies.
        """
        return cls(time.perf_counter(), waited_s(root), _ticks(root))

    def until(self, later: "Waits") -> Contention:
        """What happened between this moment and a later one."""
        passed = later.at - self.at
        known = self.waited_s is not None and later.waited_s is not None and passed > 0
        waiting = max(0.0, (later.waited_s or 0) - (self.waited_s or 0)) / passed if known else None
        return Contention(waiting, _stolen(self.ticks, later.ticks))


def waited_s(root: Path = Path("/")) -> float | None:
    """Seconds that this process's threads have waited for a processor, all together.

    Second field of each thread's `schedstat`: nanoseconds spent waiting on a run queue.

    Args:
        root: where `/proc` lies.
    """
    try:
        threads = list((root / "proc/self/task").iterdir())
    except OSError:
        return None
    fields = [_words(thread / "schedstat") for thread in threads]
    waits = [int(words[1]) for words in fields if len(words) == 3]
    return sum(waits) / 1e9 if waits else None


def _ticks(root: Path) -> tuple[int, ...]:
    """The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, ..."""
    words = _words(root / "proc/stat")
    return tuple(int(word) for word in words[1:9]) if words[:1] == ["cpu"] else ()


def _stolen(before: tuple[int, ...], after: tuple[int, ...]) -> float | None:
    passed = sum(after) - sum(before)
    return (after[7] - before[7]) / passed if len(before) == len(after) == 8 and passed > 0 else None


def _words(path: Path) -> list[str]:
    """A thread may end while its file is read."""
    try:
        return path.read_text().split("\n", 1)[0].split()
    except OSError:
        return []
