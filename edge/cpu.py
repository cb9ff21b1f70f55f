"""What the processor says of itself."""

from pathlib import Path


def cpuinfo() -> dict[str, str]:
    """The first processor's lines of /proc/cpuinfo; empty where there is none."""
    try:
        block = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def instruction_sets(info: dict[str, str]) -> frozenset[str]:
    """The processor's instruction sets, as Linux spells them for x86 (`flags`) and Arm (`Features`)."""
    return frozenset(info.get("flags", info.get("Features", "")).split())
