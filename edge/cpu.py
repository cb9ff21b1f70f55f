"""What the processor says of itself."""

from pathlib import Path


def cpuinfo(root: Path = Path("/")) -> dict[str, str]:
    """The first processor's lines of `/proc/cpuinfo`; empty where there is none.

    Args:
        root: where `/proc` lies.
    """
    try:
        block = (root / "proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def instruction_sets(info: dict[str, str]) -> frozenset[str]:
    """The processor's instruction sets, as Linux spells them for x86 (`flags`) and Arm (`Features`)."""
    return frozenset(info.get("flags", info.get("Features", "")).split())
