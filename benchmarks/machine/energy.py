"""Energy from the power sensors that a machine has; a machine without any has no figure, never an estimate.

Every reading names what it covers: a power rail carries less than the whole machine takes from its socket.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.nvml import LIBRARY, energy_counter, visible_gpu
from edgebreed.benchmarks.machine.system_files import read_number, read_text

PERIOD_S = 0.2  # between two readings of a sensor that reports power, not energy
_INA_FOLDERS = ("sys/bus/i2c/drivers/ina3221/*/hwmon/hwmon*", "sys/bus/i2c/drivers/ina3221x/*/iio:device*")


@dataclass(frozen=True)
class ImageEnergy:
    """Energy that one image took from a power rail.

    Attributes:
        rail: the rail's name and what it covers.
        watts: mean power during the measurement.
        millijoules_per_image: energy of one image.
    """

    rail: str
    watts: float
    millijoules_per_image: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class RailEnergy:
    """Energy that a power rail delivered during a measurement.

    Attributes:
        rail: the rail's name and what it covers.
        joules: energy.
        seconds: duration of the measurement.
    """

    rail: str
    joules: float
    seconds: float

    def per_image(self, images: int, seconds: float) -> ImageEnergy:
        """The energy of one image.

        The rail also fed the reference work between the samples. An image is therefore charged with the
        mean power over the samples' own time.

        Args:
            images: number of images in the samples.
            seconds: time that the samples took, with the pauses of a camera.
        """
        watts = self.joules / self.seconds
        return ImageEnergy(self.rail, watts, watts * seconds * 1e3 / images)


@contextmanager
def metered(root: Path = Path("/"), nvml: str | None = LIBRARY) -> Iterator[list[RailEnergy]]:
    """Meters the block; yields a list that holds the energy of each rail afterwards, if there is any.

    Args:
        root: folder that holds `/sys`.
        nvml: NVIDIA's management library; None reads no GPU.
    """
    found: list[RailEnergy] = []
    with ExitStack() as stack:
        for meter in (rapl(root), board_rails(root), nvidia(nvml)):
            stack.enter_context(_collected(meter, found))
        yield found


@contextmanager
def _collected(meter: Iterator[list[RailEnergy]], found: list[RailEnergy]) -> Iterator[None]:
    """Runs a meter, which is a generator: its first step starts it, its second step returns the readings."""
    next(meter)
    try:
        yield
    finally:
        found.extend(next(meter))


def rapl(root: Path) -> Iterator[list[RailEnergy]]:
    """Meters processor packages by the energy counters of Intel and AMD; reading them may need root."""
    domains = sorted((root / "sys/class/powercap").glob("intel-rapl:[0-9]"))
    before, start = {path: read_number(path / "energy_uj") for path in domains}, time.monotonic()
    yield []
    seconds = time.monotonic() - start
    yield [
        RailEnergy(
            f"RAPL {read_text(path / 'name')}: processor package, not the board",
            _counted_uj(path, old) / 1e6,
            seconds,
        )
        for path, old in before.items()
        if old is not None and read_number(path / "energy_uj") is not None
    ]


def _counted_uj(path: Path, before: float) -> float:
    """Microjoules since a reading of the counter, which may have wrapped around once."""
    used = (read_number(path / "energy_uj") or 0) - before
    return used if used >= 0 else used + (read_number(path / "max_energy_range_uj") or 0)


def board_rails(root: Path) -> Iterator[list[RailEnergy]]:
    """Meters a Jetson's INA3221 sensors: voltage times current, polled by a thread."""
    rails = [rail for pattern in _INA_FOLDERS for folder in root.glob(pattern) for rail in _rails(folder)]
    watts: dict[str, list[float]] = {name: [] for name, _, _ in rails}
    stop, start = threading.Event(), time.monotonic()

    def poll() -> None:
        while True:
            for name, volts, amperes in rails:
                watts[name].append((read_number(volts) or 0) * (read_number(amperes) or 0) / 1e6)
            if stop.wait(PERIOD_S):
                return

    thread = threading.Thread(target=poll, daemon=True, name="rails")
    if rails:
        thread.start()
    yield []
    stop.set()
    if rails:
        thread.join()
    seconds = time.monotonic() - start
    yield [
        RailEnergy(f"INA3221 {name}: board rail, not the wall", sum(values) / len(values) * seconds, seconds)
        for name, values in watts.items()
    ]


def _rails(folder: Path) -> list[tuple[str, Path, Path]]:
    """Name, millivolt file and milliampere file of each channel: hwmon since JetPack 5, iio before."""
    hwmon = [
        (read_text(folder / f"in{n}_label"), folder / f"in{n}_input", folder / f"curr{n}_input")
        for n in (1, 2, 3)
    ]
    iio = [
        (
            read_text(folder / f"rail_name_{n}"),
            folder / f"in_voltage{n}_input",
            folder / f"in_current{n}_input",
        )
        for n in (0, 1, 2)
    ]
    return [(name, volts, amperes) for name, volts, amperes in (*hwmon, *iio) if name and volts.exists()]


def nvidia(library: str | None) -> Iterator[list[RailEnergy]]:
    """Meters the GPU that CUDA computes on by the energy counter of its board."""
    read = energy_counter(library) if library else None
    before, start = read() if read else None, time.monotonic()
    yield []
    after, seconds = read() if read else None, time.monotonic() - start
    if before is None or after is None:
        yield []
    else:
        yield [RailEnergy(f"NVML GPU {visible_gpu()}: the graphics board", after - before, seconds)]
