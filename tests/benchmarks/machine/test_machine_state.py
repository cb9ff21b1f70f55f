"""Clock, temperature and throttling, read from the files of a simulated machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.machine_state import MachineState, throttling_signs

FILES = {
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "2400000\n",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "1800000\n",
    "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": "5\n",
    "sys/class/thermal/thermal_zone0/temp": "61500\n",
    "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
    "sys/class/thermal/cooling_device0/cur_state": "0\n",
    "sys/class/thermal/cooling_device0/type": "pwm-fan\n",
    "sys/class/thermal/cooling_device1/cur_state": "3\n",
    "sys/class/thermal/cooling_device1/type": "thermal-cpufreq-0\n",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n",
    "proc/loadavg": "1.25 0.50 0.10 1/100 123\n",
}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A Raspberry Pi and an Intel machine in one."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_what_the_kernel_reports(machine: Path) -> None:
    """MHz, degrees, counters, cooling that costs speed, load."""
    state = MachineState.read(machine)
    assert {"cpu0": 2400.0, "cpu1": 1800.0} == state.clocks_mhz
    assert {"cpu-thermal#0": 61.5} == state.temperatures_c
    assert {"cpu0/thermal_throttle/core_throttle_count": 5.0} == state.throttle_counts
    assert {"thermal-cpufreq-0#1": 3.0} == state.cooling
    assert (0x50005, (1.25, 0.5, 0.1)) == (state.pi_throttled, state.load)


def test_every_sign_of_throttling_is_reported(machine: Path) -> None:
    """Counter, cooling device, firmware and clock."""
    after = MachineState.read(machine)
    before = replace(
        after,
        throttle_counts={"cpu0/thermal_throttle/core_throttle_count": 2.0},
        clocks_mhz={"cpu0": 2400.0, "cpu1": 3000.0},
    )
    assert (
        "cpu0/thermal_throttle/core_throttle_count rose by 3",
        "cooling device thermal-cpufreq-0#1 slows the processor (state 3)",
        "the firmware reports under-voltage",
        "the firmware reports throttled",
        "the clock fell from 2700 to 2100 MHz",
    ) == throttling_signs(before, after)


def test_a_machine_that_reports_nothing_is_not_throttled(tmp_path: Path) -> None:
    """Empty, not an error."""
    state = MachineState.read(tmp_path)
    assert ({}, {}, None, ()) == (state.clocks_mhz, state.temperatures_c, state.pi_throttled, state.load)
    assert () == throttling_signs(state, state)
