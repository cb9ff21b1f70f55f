"""Energy, where a machine has rails that can be read; absent elsewhere, never guessed.

Each reading is labelled as what it is: a rail is neither the whole machine nor the wall.
"""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from edgebreed.benchmarks.machine.system_files import number, text

PERIOD_S = 0.2  # rails without a counter are read this often
_INA_FOLDERS = ("sys/bus/i2c/drivers/ina3221/*/hwmon/hwmon*", "sys/bus/i2c/drivers/ina3221x/*/iio:device*")


@dataclass(frozen=True)
class Energy:
    """What a rail gave during a measurement.

    Attributes:
        rail: its name and what it covers.
        joules: energy.
        seconds: the time it was measured over.
    """

    rail: str
    joules: float
    seconds: float

    def to_dict(self, images: int, seconds: float) -> dict[str, Any]:
        """Plain JSON types, with the energy of one image.

        The rail also gave for the probes and references between the samples. An image is charged with the
        mean power over the time that the samples took, so that both sides of the division are theirs alone.

        Args:
            images: that the samples answered.
            seconds: that the samples took, with a camera's pauses.
        """
        watts = self.joules / self.seconds
        return {"rail": self.rail, "watts": watts, "millijoules_per_image": watts * seconds * 1e3 / images}


@contextmanager
def metered(root: Path = Path("/"), smi: str | None = None) -> Iterator[list[Energy]]:
    """A list that holds the energy of each rail once the block has ended; empty without rails.

    Args:
        root: where `/sys` lies.
        smi: NVIDIA's `nvidia-smi`; None takes the one on the path, if there is one; empty reads no GPU.
    """
    found: list[Energy] = []
    with ExitStack() as stack:
        for meter in (rapl(root), board_rails(root), nvidia(which("nvidia-smi") if smi is None else smi)):
            stack.enter_context(_collected(meter, found))
        yield found


@contextmanager
def _collected(meter: Iterator[list[Energy]], found: list[Energy]) -> Iterator[None]:
    """A meter is a generator: it starts at its first step and tells at its second."""
    next(meter)
    try:
        yield
    finally:
        found.extend(next(meter))


def rapl(root: Path) -> Iterator[list[Energy]]:
    """Intel's and AMD's energy counters of a processor package; reading them may need root."""
    domains = sorted((root / "sys/class/powercap").glob("intel-rapl:[0-9]"))
    before, start = {path: number(path / "energy_uj") for path in domains}, time.monotonic()
    yield []
    seconds = time.monotonic() - start
    yield [
        Energy(
            f"RAPL {text(path / 'name')}: processor package, not the board", _used(path, old) / 1e6, seconds
        )
        for path, old in before.items()
        if old is not None and number(path / "energy_uj") is not None
    ]


def _used(path: Path, before: float) -> float:
    used = (number(path / "energy_uj") or 0) - before
    return used if used >= 0 else used + (number(path / "max_energy_range_uj") or 0)


def board_rails(root: Path) -> Iterator[list[Energy]]:
    """Jetson's INA3221 sensors, voltage times current, read by a thread."""
    rails = [rail for pattern in _INA_FOLDERS for folder in root.glob(pattern) for rail in _rails(folder)]
    watts: dict[str, list[float]] = {name: [] for name, _, _ in rails}
    stop, start = threading.Event(), time.monotonic()

    def poll() -> None:
        while True:
            for name, volts, amperes in rails:
                watts[name].append((number(volts) or 0) * (number(amperes) or 0) / 1e6)
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
        Energy(f"INA3221 {name}: board rail, not the wall", sum(values) / len(values) * seconds, seconds)
        for name, values in watts.items()
    ]


def _rails(folder: Path) -> list[tuple[str, Path, Path]]:
    """Name, millivolts and milliamperes of each channel: hwmon since JetPack 5, iio before."""
    hwmon = [
        (text(folder / f"in{n}_label"), folder / f"in{n}_input", folder / f"curr{n}_input") for n in (1, 2, 3)
    ]
    iio = [
        (
            text(folder / f"rail_name_{n}"),
            folder / f"in_voltage{n}_input",
            folder / f"in_current{n}_input",
        )
        for n in (0, 1, 2)
    ]
    return [(name, volts, amperes) for name, volts, amperes in (*hwmon, *iio) if name and volts.exists()]


def nvidia(smi: str | None) -> Iterator[list[Energy]]:
    """Board power of the first NVIDIA GPU as its driver reports it, printed by a process of its own."""
    if not smi:
        yield []
        yield []
        return
    query = [smi, "--id=0", "--query-gpu=power.draw", "--format=csv,noheader,nounits"]
    start = time.monotonic()
    with subprocess.Popen(
        [*query, f"--loop-ms={PERIOD_S * 1e3:.0f}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield []
        process.terminate()
        lines = process.communicate()[0].splitlines()
    seconds = time.monotonic() - start
    watts = [float(line) for line in lines if line.strip().replace(".", "", 1).isdigit()]
    mean = sum(watts) / len(watts) if watts else 0
    yield [Energy("NVML GPU 0: the graphics board", mean * seconds, seconds)] if watts else []
