"""What the processor says of itself."""

import sys

import pytest

from edgebreed.edge.cpu import cpuinfo, instruction_sets


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc/cpuinfo")
def test_this_machine_names_its_instructions() -> None:
    """Whatever they are."""
    assert instruction_sets(cpuinfo())


def test_x86_and_arm_spell_it_differently() -> None:
    """And others not at all."""
    assert {"avx2", "fma"} == instruction_sets({"flags": "avx2 fma"})
    assert {"asimddp"} == instruction_sets({"Features": "asimddp"})
    assert frozenset() == instruction_sets({})
