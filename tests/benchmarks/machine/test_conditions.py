"""What a measurement was made on, and what else used the machine."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.conditions import TICK_S, CpuUsage, describe_environment, monitored
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup

OURS = min(os.sched_getaffinity(0))

FILES = {
    "proc/cpuinfo": "processor : 0\nmodel name : Some CPU\nflags : fpu avx2 avx512_vnni fma hypervisor\n",
    "proc/meminfo": "MemTotal:        2048000 kB\nMemFree: 1 kB\n",
    "proc/device-tree/model": "NVIDIA Jetson Orin Nano\0",
    "etc/nv_tegra_release": "# R36 (release), REVISION: 4.0\nmore\n",
    "var/lib/nvpmodel/status": "pmode:0002\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_driver": "acpi-cpufreq\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_min_freq": "800000\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq": "2400000\n",
    "sys/devices/system/cpu/cpufreq/boost": "1\n",
}


def write_files(root: Path, files: dict[str, str]) -> None:
    """Files below a folder."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


def read_usage(root: Path, busy: int, idle: int, steal: int) -> CpuUsage:
    """Reads a `/proc/stat` in which one of our processors, and one of somebody else, were so busy."""
    ours, other = (f"cpu{n} {busy} 0 0 {idle} 0 0 0 {steal} 0 0" for n in (OURS, 9999))
    write_files(root, {"proc/stat": f"cpu  1 2 3 4 5 6 7 8 9 10\n{ours}\n{other}\nintr 1 2 3\n"})
    return CpuUsage.read(root)


def test_only_processors_that_this_process_may_use_count(tmp_path: Path) -> None:
    """User, nice, system, idle, iowait, irq, softirq, steal."""
    assert (500, 0, 0, 400, 0, 0, 0, 100) == read_usage(tmp_path, 500, 400, 100).ticks


def test_others_are_what_is_busy_and_not_ours(tmp_path: Path) -> None:
    """As shares of all the time."""
    before = read_usage(tmp_path, 0, 0, 0)
    after = replace(read_usage(tmp_path, 500, 400, 100), own_s=before.own_s + 300 * TICK_S)
    found = before.contention_until(after)
    assert (found.others_share, found.stolen_share) == pytest.approx((0.2, 0.1))


def test_more_of_ours_than_was_busy_is_a_lost_tick(tmp_path: Path) -> None:
    """Not a negative share."""
    before = read_usage(tmp_path, 0, 0, 0)
    after = replace(read_usage(tmp_path, 100, 900, 0), own_s=before.own_s + 102 * TICK_S)
    assert 0.0 == before.contention_until(after).others_share


def test_a_kernel_that_reports_nothing(tmp_path: Path) -> None:
    """None, not zero; also where no tick has passed."""
    nothing = CpuUsage.read(tmp_path)
    found = nothing.contention_until(nothing)
    assert (None, None) == (found.others_share, found.stolen_share)
    same = read_usage(tmp_path, 1, 1, 1)
    assert None is same.contention_until(same).others_share


def test_this_kernel() -> None:
    """Linux reports all eight columns."""
    assert 8 == len(CpuUsage.read().ticks)


def test_the_block_is_monitored_from_begin_to_end(tmp_path: Path) -> None:
    """State before and after, contention, energy; an image's energy is that of the only recording."""
    rail = "sys/class/powercap/intel-rapl:0"
    write_files(tmp_path, {f"{rail}/name": "package-0", f"{rail}/energy_uj": "0", "proc/loadavg": "1 2 3"})
    with monitored(tmp_path) as found:
        write_files(tmp_path, {f"{rail}/energy_uj": "4000000", "proc/loadavg": "4 5 6"})
    (conditions,) = found
    assert ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)) == (conditions.before.load, conditions.after.load)
    assert {"others_share": None, "stolen_share": None}.items() <= conditions.to_dict().items()
    samples = tuple(Sample(number, 0.0, 10.0, 0.0, {}) for number in range(5))
    (energy,) = conditions.energy_per_image(Recording(samples, Warmup(0, 0.0, True), images=4))
    assert energy.millijoules_per_image == pytest.approx(energy.watts * 0.05 * 1e3 / 20)


def test_a_simulated_machine_is_described(tmp_path: Path) -> None:
    """Processor and flags, board, clock policy, memory, Jetson's power mode."""
    write_files(tmp_path, FILES)
    found = describe_environment(tmp_path)
    assert ("Some CPU", ["avx2", "avx512_vnni"], ["fma"]) == (
        found["cpu"],
        found["int8"],
        found["float"],
    )
    assert ("NVIDIA Jetson Orin Nano", True, 2000.0) == (found["board"], found["virtual"], found["memory_mb"])
    assert {"release": "# R36 (release), REVISION: 4.0", "power_mode": "pmode:0002"} == found["jetson"]
    clock = {
        "driver": "acpi-cpufreq",
        "governor": "powersave",
        "min_mhz": 800.0,
        "max_mhz": 2400.0,
        "boost": True,
    }
    assert clock == found["clock"]


def test_what_is_missing_is_none(tmp_path: Path) -> None:
    """Never a guess."""
    found = describe_environment(tmp_path)
    assert (None, None, None, None) == tuple(
        found[key] for key in ("board", "jetson", "memory_mb", "nvidia_driver")
    )
    assert {"driver": None, "governor": None, "min_mhz": None, "max_mhz": None, "boost": None} == found[
        "clock"
    ]


def test_versions_of_what_ran() -> None:
    """The packages that decide about speed."""
    assert {"edgebreed", "numpy", "onnxruntime"} <= describe_environment()["versions"].keys()
