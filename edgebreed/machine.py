"""Which machine this is, for reports."""

import os
import platform
from pathlib import Path
from typing import Any

INT8 = frozenset({"avx2", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"})
FLOAT = frozenset({"fma", "avx512f", "avx512_bf16", "amx_bf16", "asimdhp", "bf16", "sve"})


def processor(root: Path = Path("/")) -> dict[str, Any]:
    """Processor, its cores and the instruction sets that matter for int8 and for float.

    Args:
        root: where `/proc` lies.
    """
    lines = _cpuinfo(root)
    flags = set(lines.get("flags", lines.get("Features", "")).split())
    return {
        "cpu": lines.get("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "int8": sorted(flags & INT8),
        "float": sorted(flags & FLOAT),
        "system": f"{platform.system()} {platform.release()}",
    }


def _cpuinfo(root: Path) -> dict[str, str]:
    """The first processor's lines of /proc/cpuinfo; empty where there is none."""
    try:
        block = (root / "proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}
