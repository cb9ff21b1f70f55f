"""Which machine this is, for reports."""

import os
import platform
from typing import Any

from edgebreed.edge.cpu import cpuinfo, instruction_sets


def processor() -> dict[str, Any]:
    """Processor, its cores and the instruction sets that matter for int8."""
    info = cpuinfo()
    flags = instruction_sets(info)
    return {
        "cpu": info.get("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "int8": sorted(flags & {"avx2", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"}),
        "system": f"{platform.system()} {platform.release()}",
    }
