"""What the processor is, and which int8 target fits it."""

import sys

import pytest

from edgebreed.edge.manifest import Precision, Target
from edgebreed.edge.processor import (
    cpuinfo,
    fitting_target,
    instruction_sets,
    mismatch,
    processor_name,
    processor_target,
    saturates,
    target_of,
)

from ..conftest import colour_manifest

CPU = "onnxruntime/CPUExecutionProvider"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc/cpuinfo")
def test_this_machine_names_its_instructions() -> None:
    """Whatever they are."""
    assert instruction_sets(cpuinfo())


def test_x86_and_arm_spell_it_differently() -> None:
    """And others not at all."""
    assert {"avx2", "fma"} == instruction_sets({"flags": "avx2 fma"})
    assert {"asimddp"} == instruction_sets({"Features": "asimddp"})
    assert frozenset() == instruction_sets({})


def test_an_arm_core_is_named_by_its_number() -> None:
    """Linux gives no name there, and two boards of four cores would be taken for one machine."""
    assert "Cortex-A72" == processor_name({"CPU implementer": "0x41", "CPU part": "0xd08"})
    assert "Some CPU" == processor_name({"model name": "Some CPU"})
    assert "Cortex-A72" != processor_name({"CPU implementer": "0x4e", "CPU part": "0xd08"})


@pytest.mark.parametrize(
    ("architecture", "features", "expected"),
    [
        ("x86_64", {"avx2"}, Target.X86),
        ("x86_64", {"avx2", "avx512_vnni"}, Target.X86_VNNI),
        ("AMD64", {"avx_vnni"}, Target.X86_VNNI),
        ("aarch64", {"asimddp"}, Target.ARM),
        ("armv7l", set(), Target.ARM),
        ("riscv64", set(), None),
    ],
)
def test_a_processor_is_told_by_its_instructions(
    architecture: str, features: set[str], expected: Target | None
) -> None:
    """As Linux spells them."""
    assert expected is target_of(architecture, features)


def test_tensorrt_comes_before_the_processor() -> None:
    """Where ONNX Runtime has it."""
    assert Target.TENSORRT is fitting_target(["TensorrtExecutionProvider", "CPUExecutionProvider"])
    assert processor_target() is fitting_target(["CPUExecutionProvider"])


@pytest.mark.parametrize(
    ("made", "engine", "processor", "warns"),
    [
        (Target.X86, CPU, Target.X86, False),
        (Target.ARM, CPU, Target.X86_VNNI, True),
        (Target.X86, CPU, Target.X86_VNNI, False),
        (Target.X86_VNNI, "openvino/CPU", Target.X86, True),
        (Target.TENSORRT, CPU, Target.ARM, True),
        (Target.TENSORRT, "onnxruntime/TensorrtExecutionProvider", Target.ARM, False),
        (Target.ARM, "onnxruntime/TensorrtExecutionProvider", Target.ARM, True),
        (Target.ARM, "onnxruntime/CUDAExecutionProvider", Target.X86, False),
        (Target.ARM, CPU, None, False),
        (None, CPU, Target.X86, False),
    ],
)
def test_a_model_for_another_target_is_told(
    made: Target | None, engine: str, processor: Target | None, warns: bool
) -> None:
    """What it was made for, what fits, and what to do; nothing where it fits or nothing is known."""
    line = mismatch(colour_manifest(precision=Precision.INT8, target=made), engine, processor)
    assert warns == (line is not None)
    if line is not None:
        fits = Target.TENSORRT if "Tensorrt" in engine else processor
        assert line.startswith(f"colours was made for {made}, this machine fits {fits}: it may be slower")
        assert line.endswith(f"`edgebreed export --target {fits}` makes one that fits")


@pytest.mark.parametrize(
    ("precision", "target", "processor", "expected"),
    [
        (Precision.INT8, Target.X86_VNNI, Target.X86, True),
        (Precision.INT8, None, Target.X86, True),
        (Precision.INT8, Target.X86, Target.X86, False),
        (Precision.INT8, Target.X86_VNNI, Target.X86_VNNI, False),
        (Precision.FP32, None, Target.X86, False),
    ],
)
def test_full_range_weights_saturate_on_x86_without_vnni(
    precision: Precision, target: Target | None, processor: Target, expected: bool
) -> None:
    """And nowhere else; models older than targets count as full."""
    assert expected == saturates(colour_manifest(precision=precision, target=target), processor)
