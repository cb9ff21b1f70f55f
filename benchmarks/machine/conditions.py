"""Watches the machine while something is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.machine.contention import Contention, Usage
from edgebreed.benchmarks.machine.energy import Energy, metered
from edgebreed.benchmarks.machine.environment import environment
from edgebreed.benchmarks.machine.machine_state import MachineState
from edgebreed.benchmarks.stats.samples import Recording


@dataclass(frozen=True)
class Conditions:
    """What held during a measurement.

    Attributes:
        before: the machine when the first sample began.
        after: the machine when the last one ended.
        contention: what other programs took meanwhile.
        energy: what each rail gave.
    """

    before: MachineState
    after: MachineState
    contention: Contention
    energy: tuple[Energy, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The machine, before and after."""
        return {
            **environment(),
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "others_share": self.contention.others_share,
            "stolen_share": self.contention.stolen_share,
        }

    def energy_dict(self, recording: Recording) -> list[dict[str, Any]]:
        """Each rail's energy for one of the images that were answered; empty without rails.

        Args:
            recording: of the only thing that was measured: a rail does not tell whom it gave for.
        """
        images = len(recording.samples) * recording.images
        return [energy.to_dict(images, recording.seconds) for energy in self.energy]


@contextmanager
def watched(root: Path = Path("/")) -> Iterator[list[Conditions]]:
    """A list that holds the conditions once the block has ended.

    Enter it warmed up: a clock that rises from idle looks like none that falls later, and the energy of a
    warm-up is no image's.

    Args:
        root: where `/proc` and `/sys` lie.
    """
    found: list[Conditions] = []
    before, usage = MachineState.read(root), Usage.read(root)
    with metered(root) as energy:
        yield found
    after = MachineState.read(root)
    found.append(Conditions(before, after, usage.until(Usage.read(root)), tuple(energy)))
