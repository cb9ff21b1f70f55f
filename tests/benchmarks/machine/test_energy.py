"""Energy from the rails of a simulated machine."""

import time
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.energy import RailEnergy, metered

from .fake_nvml import build_fake_nvml, needs_compiler


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
    with metered(tmp_path, nvml=None) as found:
        write(domain / "energy_uj", "1000000\n")
    assert ["RAPL package-0: processor package, not the board"] == [energy.rail for energy in found]
    assert 2.0 == found[0].joules


def test_a_jetsons_board_rail(tmp_path: Path) -> None:
    """Millivolts times milliamperes, over the time that passed."""
    folder = tmp_path / "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon3"
    for name, text in (("in1_label", "VDD_IN"), ("in1_input", "5000"), ("curr1_input", "2000")):
        write(folder / name, f"{text}\n")
    with metered(tmp_path, nvml=None) as found:
        time.sleep(0.05)
    assert "INA3221 VDD_IN: board rail, not the wall" == found[0].rail
    assert 10.0 == pytest.approx(found[0].joules / found[0].seconds)


@needs_compiler
def test_a_graphics_boards_own_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the counter gained meanwhile, of the GPU that CUDA computes on."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    with metered(tmp_path, build_fake_nvml(tmp_path)) as found:
        pass
    assert [("NVML GPU 1: the graphics board", 2.0)] == [(energy.rail, energy.joules) for energy in found]


@needs_compiler
def test_a_graphics_board_without_a_counter_has_no_figure(tmp_path: Path) -> None:
    """Not one of zero."""
    with metered(tmp_path, build_fake_nvml(tmp_path, fails=3)) as found:
        pass
    assert [] == found


def test_without_rails_there_is_no_figure(tmp_path: Path) -> None:
    """An empty list."""
    with metered(tmp_path, nvml=None) as found:
        pass
    assert [] == found


def test_energy_of_an_image() -> None:
    """Millijoules over the samples' own 8 s: what the rail gave between them belongs to no image."""
    energy = RailEnergy("rail", 20.0, 10.0).per_image(images=100, seconds=8.0)
    assert {"rail": "rail", "watts": 2.0, "millijoules_per_image": 160.0} == energy.to_dict()
