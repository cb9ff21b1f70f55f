"""What a measurement was made on."""

from pathlib import Path

from edgebreed.benchmarks.machine.environment import environment

FILES = {
    "proc/cpuinfo": "processor : 0\nmodel name : Planted CPU\nflags : fpu avx2 avx512_vnni fma hypervisor\n",
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


def test_a_planted_machine(tmp_path: Path) -> None:
    """Processor and flags, board, clock policy, memory, Jetson's power mode."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = environment(tmp_path)
    assert ("Planted CPU", ["avx2", "avx512_vnni"], ["fma"]) == (found["cpu"], found["int8"], found["float"])
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


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    """None, never a guess."""
    found = environment(tmp_path)
    assert (None, None, None, None) == tuple(
        found[key] for key in ("board", "jetson", "memory_mb", "nvidia_driver")
    )
    assert {"driver": None, "governor": None, "min_mhz": None, "max_mhz": None, "boost": None} == found[
        "clock"
    ]


def test_versions_of_what_ran() -> None:
    """The packages that decide about speed."""
    assert {"edgebreed", "numpy", "onnxruntime"} <= environment()["versions"].keys()
