"""The conditions of a measurement: the machine, its state before and after, and what else ran on it."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.energy import ImageEnergy, RailEnergy, metered
from edgebreed.benchmarks.machine.machine_state import MachineState
from edgebreed.benchmarks.machine.system_files import read_number, read_text
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.machine import processor, versions

PACKAGES = (
    "edgebreed",
    "numpy",
    "opencv-python",
    "opencv-python-headless",
    "onnxruntime",
    "onnxruntime-gpu",
    "openvino",
    "ai-edge-litert",
)
TICK_S = 1 / os.sysconf("SC_CLK_TCK")

_CPU = Path("sys/devices/system/cpu")
_IDLE, _IOWAIT, _STEAL = 3, 4, 7  # columns of `/proc/stat`, see `CpuUsage.ticks`


@dataclass(frozen=True)
class Contention:
    """Processor time that somebody else took between two moments, as shares of all processors' time.

    Attributes:
        others_share: other programs of this machine; None where the kernel does not report it.
        stolen_share: other virtual machines on the same host (steal time); None likewise.
    """

    others_share: float | None
    stolen_share: float | None


@dataclass(frozen=True)
class CpuUsage:
    """Processor time that was used up to a moment.

    Attributes:
        own_s: by this process, the sum over its threads.
        ticks: on the processors that this process may use, from `/proc/stat`: user, nice, system, idle,
            iowait, irq, softirq, steal, in ticks; empty where that file is missing.
    """

    own_s: float
    ticks: tuple[int, ...]

    @classmethod
    def read(cls, root: Path = Path("/")) -> "CpuUsage":
        """Reads both.

        Args:
            root: folder that holds `/proc`.
        """
        lines = [line.split() for line in (read_text(root / "proc/stat") or "").splitlines()]
        ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        rows = [[int(field) for field in fields[1:9]] for fields in lines if fields and fields[0] in ours]
        ticks = tuple(map(sum, zip(*rows, strict=True))) if rows and len(rows[0]) > _STEAL else ()
        return cls(time.process_time(), ticks)

    def contention_until(self, later: "CpuUsage") -> Contention:
        """What others took between this moment and a later one."""
        if not (self.ticks and later.ticks) or sum(later.ticks) <= sum(self.ticks):
            return Contention(None, None)
        passed = [new - old for new, old in zip(later.ticks, self.ticks, strict=True)]
        busy = sum(passed) - passed[_IDLE] - passed[_IOWAIT] - passed[_STEAL]
        others = busy - (later.own_s - self.own_s) / TICK_S
        return Contention(max(0.0, others) / sum(passed), passed[_STEAL] / sum(passed))


@dataclass(frozen=True)
class Conditions:
    """What held during a measurement.

    Attributes:
        before: the machine's state when the first sample began.
        after: the machine's state when the last sample ended.
        contention: what other programs took meanwhile.
        energy: what each power rail delivered.
    """

    before: MachineState
    after: MachineState
    contention: Contention
    energy: tuple[RailEnergy, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, with the description of the machine."""
        return {
            **describe_environment(),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "others_share": self.contention.others_share,
            "stolen_share": self.contention.stolen_share,
        }

    def energy_per_image(self, recording: Recording) -> tuple[ImageEnergy, ...]:
        """Energy of each power rail for one image; empty on a machine without readable rails.

        Args:
            recording: of the only workload that ran: a rail does not say which workload used its energy.
        """
        images = len(recording.samples) * recording.images
        return tuple(energy.per_image(images, recording.seconds) for energy in self.energy)


@contextmanager
def monitored(root: Path = Path("/")) -> Iterator[list[Conditions]]:
    """Observes the machine while the block runs; yields a list that holds the `Conditions` afterwards.

    Enter it after the warm-up. A processor that is still raising its clock from idle would hide a later
    fall, and the energy of the warm-up belongs to no image.

    Args:
        root: folder that holds `/proc` and `/sys`.
    """
    found: list[Conditions] = []
    before, usage = MachineState.read(root), CpuUsage.read(root)
    with metered(root) as energy:
        yield found
    after = MachineState.read(root)
    contention = usage.contention_until(CpuUsage.read(root))
    found.append(Conditions(before, after, contention, tuple(energy)))


def describe_environment(root: Path = Path("/")) -> dict[str, Any]:
    """Describes the machine so that others can judge or repeat a measurement.

    Processor, clock policy, board, memory, system and package versions.

    Args:
        root: folder that holds `/proc`, `/sys` and `/etc`; what is missing there is None.
    """
    return {
        **processor(root),
        "board": read_text(root / "proc/device-tree/model")
        or read_text(root / "sys/class/dmi/id/product_name"),
        "virtual": "hypervisor" in (read_text(root / "proc/cpuinfo") or ""),
        "clock": _clock_policy(root),
        "memory_mb": _memory_mb(root),
        "jetson": _jetson(root),
        "nvidia_driver": _first_line(root / "proc/driver/nvidia/version"),
        "python": platform.python_version(),
        "versions": versions(PACKAGES),
        "threads_environment": {
            name: value for name, value in sorted(os.environ.items()) if name.endswith("_NUM_THREADS")
        },
    }


def _clock_policy(root: Path) -> dict[str, Any]:
    policy = root / _CPU / "cpu0/cpufreq"
    lowest, highest = (read_number(policy / f"scaling_{end}_freq") for end in ("min", "max"))
    no_turbo = read_number(root / _CPU / "intel_pstate/no_turbo")
    boost = read_number(root / _CPU / "cpufreq/boost")
    return {
        "driver": read_text(policy / "scaling_driver"),
        "governor": read_text(policy / "scaling_governor"),
        "min_mhz": lowest and lowest / 1e3,
        "max_mhz": highest and highest / 1e3,
        "boost": no_turbo == 0 if no_turbo is not None else boost and boost == 1,
    }


def _memory_mb(root: Path) -> float | None:
    for line in (read_text(root / "proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


def _jetson(root: Path) -> dict[str, str] | None:
    """Release and power mode, which nvpmodel stores as `pmode:0002`."""
    release = _first_line(root / "etc/nv_tegra_release")
    if release is None:
        return None
    return {"release": release, "power_mode": read_text(root / "var/lib/nvpmodel/status") or "not known"}


def _first_line(path: Path) -> str | None:
    found = read_text(path)
    return found.splitlines()[0] if found else None
