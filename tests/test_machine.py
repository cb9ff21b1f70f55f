"""Describing the machine."""

import os
from importlib.metadata import version
from pathlib import Path

from edgebreed.machine import processor, versions


def test_the_processor_of_another_machine_can_be_read(tmp_path: Path) -> None:
    """From its `/proc/cpuinfo`: the model, and the instruction sets that speed up inference."""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "cpuinfo").write_text("model name\t: Some CPU\nflags\t\t: fpu avx2 fma\n")
    found = processor(tmp_path)
    assert ("Some CPU", ["avx2"], ["fma"]) == (found["cpu"], found["int8"], found["float"])
    assert len(os.sched_getaffinity(0)) == found["cores"]


def test_only_installed_packages_have_a_version() -> None:
    """A missing one is left out."""
    assert {"numpy": version("numpy")} == versions(("numpy", "no-such-package"))
