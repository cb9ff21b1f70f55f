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


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The installed versions of packages; those that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
