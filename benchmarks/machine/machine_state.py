"""Clocks, temperatures and throttling counters at one moment, and signs of throttling between two."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.system_files import read_number, read_numbers, read_text

MIN_CLOCK_SHARE = 0.9  # of the clock at the start; below it, the processor was slowed down

_PI_FLAGS = {  # Raspberry Pi firmware, `vcgencmd get_throttled`
    0x1: "under-voltage",
    0x2: "clock capped",
    0x4: "throttled",
    0x8: "soft temperature limit",
}


@dataclass(frozen=True)
class MachineState:
    """What the kernel reports at one moment; a field is empty where the kernel reports nothing.

    Attributes:
        clocks_mhz: present clock of each processor.
        temperatures_c: of each thermal zone, by the zone's type.
        throttle_counts: Intel's counters of throttling events since the machine started.
        cooling: state of each cooling device that slows a processor; 0 means that it is off.
        pi_throttled: the Raspberry Pi firmware's bits; None on other machines.
        load: load averages of 1, 5 and 15 minutes.
    """

    clocks_mhz: dict[str, float]
    temperatures_c: dict[str, float]
    throttle_counts: dict[str, float]
    cooling: dict[str, float]
    pi_throttled: int | None
    load: tuple[float, ...]

    @classmethod
    def read(cls, root: Path = Path("/")) -> "MachineState":
        """Reads `/sys` and `/proc` below a root folder."""
        cpus = root / "sys/devices/system/cpu"
        return cls(
            clocks_mhz={
                name.split("/")[0]: value / 1e3
                for name, value in read_numbers(cpus, "cpu[0-9]*/cpufreq/scaling_cur_freq").items()
            },
            temperatures_c=_temperatures(root),
            throttle_counts=read_numbers(cpus, "cpu[0-9]*/thermal_throttle/*_throttle_count"),
            cooling=_cooling(root),
            pi_throttled=_pi_throttled(root),
            load=tuple(float(field) for field in (read_text(root / "proc/loadavg") or "").split()[:3]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "load": list(self.load)}


def throttling_signs(before: MachineState, after: MachineState) -> tuple[str, ...]:
    """Every sign that the processor was throttled between two moments, a sentence each."""
    return (
        *_risen_counters(before, after),
        *_active_cooling(after),
        *_firmware_flags(after),
        *_fallen_clock(before, after),
    )


def _risen_counters(before: MachineState, after: MachineState) -> list[str]:
    rises = {
        name: count - before.throttle_counts.get(name, count) for name, count in after.throttle_counts.items()
    }
    worst = max(rises, key=lambda name: rises[name], default="")
    return [f"{worst} rose by {rises[worst]:.0f}"] if worst and rises[worst] > 0 else []


def _active_cooling(after: MachineState) -> list[str]:
    return [
        f"cooling device {name} slows the processor (state {state:.0f})"
        for name, state in after.cooling.items()
        if state > 0
    ]


def _firmware_flags(after: MachineState) -> list[str]:
    bits = after.pi_throttled or 0
    return [f"the firmware reports {flag}" for bit, flag in _PI_FLAGS.items() if bits & bit]


def _fallen_clock(before: MachineState, after: MachineState) -> list[str]:
    shared = before.clocks_mhz.keys() & after.clocks_mhz.keys()
    old = sum(before.clocks_mhz[name] for name in shared)
    new = sum(after.clocks_mhz[name] for name in shared)
    if not shared or new >= MIN_CLOCK_SHARE * old:
        return []
    return [f"the clock fell from {old / len(shared):.0f} to {new / len(shared):.0f} MHz"]


def _temperatures(root: Path) -> dict[str, float]:
    zones = root / "sys/class/thermal"
    found = {name.split("/")[0]: value for name, value in read_numbers(zones, "thermal_zone*/temp").items()}
    return {
        f"{read_text(zones / zone / 'type')}#{zone.removeprefix('thermal_zone')}": millidegrees / 1e3
        for zone, millidegrees in found.items()
    }


def _cooling(root: Path) -> dict[str, float]:
    """Devices of the kinds that lower a clock: `cpufreq-*`, `Processor`, `*-throttle` (Jetson); no fans."""
    devices = root / "sys/class/thermal"
    states = read_numbers(devices, "cooling_device*/cur_state")
    kinds = {name: read_text((devices / name).parent / "type") or "" for name in states}
    return {
        f"{kinds[name]}#{name.split('/')[0].removeprefix('cooling_device')}": state
        for name, state in states.items()
        if kinds[name].lower().startswith(("cpufreq", "processor", "thermal-cpufreq"))
        or "throttl" in kinds[name].lower()
    }


def _pi_throttled(root: Path) -> int | None:
    path = root / "sys/devices/platform/soc/soc:firmware/get_throttled"
    bits = read_text(path)
    try:
        return None if bits is None else int(bits, 16)
    except ValueError:
        value = read_number(path)
        return None if value is None else int(value)
