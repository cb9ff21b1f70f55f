"""How much other programs, and other machines on the same host, stood in a measurement's way."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from edgebreed.benchmarks.machine.system_files import text

TICK_S = 1 / os.sysconf("SC_CLK_TCK")

_USER, _NICE, _SYSTEM, _IDLE, _IOWAIT, _IRQ, _SOFTIRQ, _STEAL = range(8)


@dataclass(frozen=True)
class Contention:
    """What was taken between two moments, as shares of all processors' time.

    Attributes:
        others_share: by other programs of this machine; None where the kernel does not tell.
        stolen_share: by other machines, where a hypervisor shares the processors out; None likewise.
    """

    others_share: float | None
    stolen_share: float | None


@dataclass(frozen=True)
class Usage:
    """Processor time that was used up to a moment.

    Attributes:
        own_s: by this process, all its threads together.
        ticks: by everything on the processors that this process may use, from `/proc/stat`: user, nice,
            system, idle, iowait, irq, softirq, steal, in ticks; empty where there is none.
    """

    own_s: float
    ticks: tuple[int, ...]

    @classmethod
    def read(cls, root: Path = Path("/")) -> Self:
        """Reads them.

        Args:
            root: where `/proc` lies.
        """
        lines = [line.split() for line in (text(root / "proc/stat") or "").splitlines()]
        ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        told = [[int(word) for word in words[1:9]] for words in lines if words and words[0] in ours]
        ticks = tuple(map(sum, zip(*told, strict=True))) if told and len(told[0]) > _STEAL else ()
        return cls(time.process_time(), ticks)

    def until(self, later: "Usage") -> Contention:
        """What happened between this moment and a later one."""
        if not (self.ticks and later.ticks) or sum(later.ticks) <= sum(self.ticks):
            return Contention(None, None)
        passed = [new - old for new, old in zip(later.ticks, self.ticks, strict=True)]
        busy = sum(passed) - passed[_IDLE] - passed[_IOWAIT] - passed[_STEAL]
        others = busy - (later.own_s - self.own_s) / TICK_S
        return Contention(max(0.0, others) / sum(passed), passed[_STEAL] / sum(passed))
