"""Describes this machine and its packages, for reports."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edgebreed.edge.processor import cpuinfo, instruction_sets, processor_name

INT8 = frozenset({"avx2", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"})
FLOAT = frozenset({"fma", "avx512f", "avx512_bf16", "amx_bf16", "asimdhp", "bf16", "sve"})


def processor(root: Path = Path("/")) -> dict[str, Any]:
    """The processor, its cores, and its instruction sets that speed up int8 and float inference.

    Args:
        root: folder that contains `/proc`.
    """
    info = cpuinfo(root)
    flags = instruction_sets(info)
    return {
        "cpu": processor_name(info),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "int8": sorted(flags & INT8),
        "float": sorted(flags & FLOAT),
        "system": f"{platform.system()} {platform.release()}",
    }


def board(root: Path = Path("/")) -> str | None:
    """The board's model: from the device tree of an ARM board, or from a PC's firmware.

    Args:
        root: folder that contains `/proc` and `/sys`.
    """
    model = first_line(root / "proc/device-tree/model")
    firmware = (first_line(root / f"sys/class/dmi/id/board_{name}") for name in ("vendor", "name"))
    return model or " ".join(filter(None, firmware)) or None


def device_tree(root: Path = Path("/")) -> list[str]:
    """What the device tree says the board is compatible with: `raspberrypi,4-model-b`, `brcm,bcm2711`."""
    compatible = first_line(root / "proc/device-tree/compatible")
    return compatible.split("\0") if compatible else []


def jetson_release(root: Path = Path("/")) -> str | None:
    """The release of Jetson Linux: `# R36 (release), REVISION: 4.3, ...`; None on another machine."""
    return first_line(root / "etc/nv_tegra_release")


def first_line(path: Path) -> str | None:
    """The first line of a file of the system, without the NUL at the end of the device tree's texts."""
    try:
        return path.read_text(errors="replace").splitlines()[0].rstrip("\0").strip() or None
    except (OSError, IndexError):
        return None


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The installed versions of packages; those that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
