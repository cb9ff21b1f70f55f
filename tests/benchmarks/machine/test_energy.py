"""Energy from the rails of a simulated machine."""

import time
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.energy import RailEnergy, metered


def write(path: Path, text: str) -> None:
    """A file with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_package_counter_and_its_overflow(tmp_path: Path) -> None:
    """Joules between two readings, labelled as the package's alone."""
    domain = tmp_path / "sys/class/powercap/intel-rapl:0"
    write(domain / "name", "package-0\n")
    write(domain / "max_energy_range_uj", "10000000\n")
    write(domain / "energy_uj", "9000000\n")
    with metered(tmp_path, smi="") as found:
        write(domain / "energy_uj", "1000000\n")
    assert ["RAPL package-0: processor package, not the board"] == [energy.rail for energy in found]
    assert 2.0 == found[0].joules


def test_a_jetsons_board_rail(tmp_path: Path) -> None:
    """Millivolts times milliamperes, over the time that passed."""
    folder = tmp_path / "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3"
    for name, text in (("in1_label", "VDD_IN"), ("in1_input", "5000"), ("curr1_input", "2000")):
        write(folder / name, f"{text}\n")
    with metered(tmp_path, smi="") as found:
        time.sleep(0.05)
    assert "INA3221 VDD_IN: board rail, not the wall" == found[0].rail
    assert 10.0 == pytest.approx(found[0].joules / found[0].seconds)


def test_a_graphics_boards_own_report(tmp_path: Path) -> None:
    """The mean of what its tool prints until it is stopped."""
    tool, printed = tmp_path / "nvidia-smi", tmp_path / "printed"
    write(tool, f"#!/bin/sh\necho 100.5\necho '[N/A]'\necho 99.5\ntouch {printed}\nexec sleep 60\n")
    tool.chmod(0o755)
    with metered(tmp_path, smi=str(tool)) as found:
        while not printed.exists():
            time.sleep(0.01)
    assert "NVML GPU 0: the graphics board" == found[0].rail
    assert 100.0 == pytest.approx(found[0].joules / found[0].seconds)


def test_without_rails_there_is_no_figure(tmp_path: Path) -> None:
    """An empty list."""
    with metered(tmp_path, smi="") as found:
        pass
    assert [] == found


def test_energy_of_an_image() -> None:
    """Millijoules over the samples' own 8 s: what the rail gave between them belongs to no image."""
    energy = RailEnergy("rail", 20.0, 10.0).per_image(images=100, seconds=8.0)
    assert {"rail": "rail", "watts": 2.0, "millijoules_per_image": 160.0} == energy.to_dict()
