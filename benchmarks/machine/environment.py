"""What a measurement was made on, so that somebody else can judge or repeat it."""

import os
import platform
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.system_files import number, text
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
_CPU = Path("sys/devices/system/cpu")


def environment(root: Path = Path("/")) -> dict[str, Any]:
    """Processor, clock policy, board, memory, system and versions.

    Args:
        root: where `/proc`, `/sys` and `/etc` lie; what is missing below it is None.
    """
    return {
        **processor(root),
        "board": text(root / "proc/device-tree/model") or text(root / "sys/class/dmi/id/product_name"),
        "virtual": "hypervisor" in (text(root / "proc/cpuinfo") or ""),
        "clock": _clock(root),
        "memory_mb": _memory(root),
        "jetson": _jetson(root),
        "nvidia_driver": _first_line(root / "proc/driver/nvidia/version"),
        "python": platform.python_version(),
        "versions": versions(PACKAGES),
        "threads_environment": {
            name: value for name, value in sorted(os.environ.items()) if name.endswith("_NUM_THREADS")
        },
    }


def _clock(root: Path) -> dict[str, Any]:
    policy = root / _CPU / "cpu0/cpufreq"
    least, most = (number(policy / f"scaling_{end}_freq") for end in ("min", "max"))
    turbo = number(root / _CPU / "intel_pstate/no_turbo")
    boost = number(root / _CPU / "cpufreq/boost")
    return {
        "driver": text(policy / "scaling_driver"),
        "governor": text(policy / "scaling_governor"),
        "min_mhz": least and least / 1e3,
        "max_mhz": most and most / 1e3,
        "boost": turbo == 0 if turbo is not None else boost and boost == 1,
    }


def _memory(root: Path) -> float | None:
    for line in (text(root / "proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


def _jetson(root: Path) -> dict[str, str] | None:
    """Release and power mode, which nvpmodel keeps as `pmode:0002`."""
    release = _first_line(root / "etc/nv_tegra_release")
    if release is None:
        return None
    return {"release": release, "power_mode": text(root / "var/lib/nvpmodel/status") or "not known"}


def _first_line(path: Path) -> str | None:
    found = text(path)
    return found.splitlines()[0] if found else None
