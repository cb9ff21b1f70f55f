"""What the processor is, and which int8 target fits it."""

import os
import platform
from collections.abc import Collection
from pathlib import Path

from edgebreed.edge.manifest import Manifest, Precision, Target

VNNI = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
TENSORRT = "TensorrtExecutionProvider"
CUDA = "CUDAExecutionProvider"


_CORES = {
    "0xd03": "Cortex-A53",
    "0xd04": "Cortex-A35",
    "0xd05": "Cortex-A55",
    "0xd07": "Cortex-A57",
    "0xd08": "Cortex-A72",
    "0xd09": "Cortex-A73",
    "0xd0a": "Cortex-A75",
    "0xd0b": "Cortex-A76",
    "0xd0c": "Neoverse N1",
    "0xd40": "Neoverse V1",
    "0xd41": "Cortex-A78",
    "0xd42": "Cortex-A78AE",
    "0xd49": "Neoverse N2",
    "0xd4f": "Neoverse V2",
}
"""Parts of the implementer 0x41, Arm, whose `/proc/cpuinfo` has numbers in place of a name."""


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


def processor_name(info: dict[str, str]) -> str:
    """The processor's name, from `/proc/cpuinfo` where it is there."""
    part = _CORES.get(info.get("CPU part", "")) if info.get("CPU implementer") == "0x41" else None
    return info.get("model name") or part or platform.processor() or platform.machine()


def machine_name() -> str:
    """The processor and the number of its cores, as a tuned model names its machine."""
    return f"{processor_name(cpuinfo())}, {os.cpu_count()} cores"


def instruction_sets(info: dict[str, str]) -> frozenset[str]:
    """The processor's instruction sets, as Linux spells them for x86 (`flags`) and Arm (`Features`)."""
    return frozenset(info.get("flags", info.get("Features", "")).split())


def processor_target() -> Target | None:
    """The int8 target of this machine's processor; None for a processor that is not x86 or Arm."""
    return target_of(platform.machine(), instruction_sets(cpuinfo()))


def target_of(architecture: str, features: Collection[str]) -> Target | None:
    """The target of a processor.

    Args:
        architecture: as `platform.machine()` spells it.
        features: instruction sets, as Linux spells them.
    """
    if architecture.lower() in {"x86_64", "amd64", "i686"}:
        return Target.X86_VNNI if VNNI & set(features) else Target.X86
    return Target.ARM if architecture.lower().startswith(("aarch64", "arm")) else None


def fitting_target(providers: Collection[str]) -> Target | None:
    """The target for a machine: TensorRT's where ONNX Runtime has it, else the processor's."""
    return Target.TENSORRT if TENSORRT in providers else processor_target()


def saturates(manifest: Manifest, processor: Target | None) -> bool:
    """Whether a model's full-range 8-bit weights overflow the 16-bit sums of x86 without VNNI.

    The instruction is VPMADDUBSW, which adds two products of unsigned and signed bytes with saturation;
    models for `x86` have weights of 7 bits, whose sums always fit. Files older than targets have all 8.
    """
    full_range = manifest.precision is Precision.INT8 and manifest.target is not Target.X86
    return full_range and processor is Target.X86


def mismatch(manifest: Manifest, engine: str, processor: Target | None) -> str | None:
    """A warning for a model that was made for another target than the engine at hand; else None.

    Args:
        manifest: the model's.
        engine: the engine's name, such as `onnxruntime/CPUExecutionProvider`.
        processor: this machine's processor's target.
    """
    fits = Target.TENSORRT if TENSORRT in engine else processor
    if manifest.target in {None, fits} or fits is None or CUDA in engine:
        return None
    if (manifest.target, fits) == (Target.X86, Target.X86_VNNI):  # 7-bit weights: as fast there, and as exact
        return None
    cost = "slower here" if saturates(manifest, fits) else "slower or less exact here"
    return (
        f"{manifest.name} was made for {manifest.target}, this machine fits {fits}: it may be {cost}; "
        f"`edgebreed export --target {fits}` makes one that fits"
    )
