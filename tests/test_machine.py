"""Describing the machine."""

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from edgebreed.machine import board, device_tree, jetson_release, processor, versions

PI = {
    "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
    "proc/device-tree/compatible": "raspberrypi,4-model-b\0brcm,bcm2711\0",
}
ORIN = {
    "proc/device-tree/model": "NVIDIA Jetson Orin Nano Developer Kit\0",
    "proc/device-tree/compatible": "nvidia,p3768-0000+p3767-0005\0nvidia,tegra234\0",
    "etc/nv_tegra_release": "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n",
}
PC = {"sys/class/dmi/id/board_vendor": "Intel Corporation\n", "sys/class/dmi/id/board_name": "NUC8BEB\n"}
KNOWN = [
    (PI, "Raspberry Pi 4 Model B Rev 1.4", ["raspberrypi,4-model-b", "brcm,bcm2711"], None),
    (
        ORIN,
        "NVIDIA Jetson Orin Nano Developer Kit",
        ["nvidia,p3768-0000+p3767-0005", "nvidia,tegra234"],
        ORIN["etc/nv_tegra_release"].strip(),
    ),
    (PC, "Intel Corporation NUC8BEB", [], None),
    ({}, None, [], None),
]


@pytest.mark.parametrize(("files", "model", "compatible", "release"), KNOWN)
def test_the_board_is_named(
    tmp_path: Path, files: dict[str, str], model: str | None, compatible: list[str], release: str | None
) -> None:
    """From the device tree, a PC's firmware and Jetson Linux, as each writes its texts."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert (model, compatible, release) == (board(tmp_path), device_tree(tmp_path), jetson_release(tmp_path))


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
