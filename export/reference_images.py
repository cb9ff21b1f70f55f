"""Images, and the float model's outputs for them, which an exported file is compared with."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, ModelOutputs
from edgebreed.edge.manifest import Manifest
from edgebreed.export.parity import AgreementReport, ParityReport, compare, compare_unlabelled
from edgebreed.train.evaluation import compute_outputs


@dataclass(frozen=True)
class ReferenceImages:
    """Images, and the float model's outputs for them in the same order.

    Attributes:
        split: the split that they are of, or another word for which they are.
        paths: the files.
        outputs: of the float model.
    """

    split: str
    paths: tuple[Path, ...]
    outputs: ModelOutputs

    def compare(self, outputs: ModelOutputs, manifest: Manifest) -> AgreementReport:
        """Compares an exported file's outputs for the images with the float model's."""
        return compare_unlabelled(self.split, self.outputs, outputs, manifest.rejection)

    def run(self, engine: Engine, manifest: Manifest) -> ModelOutputs:
        """An exported file's outputs for the images."""
        return compute_outputs(engine, self.paths, manifest.input, self.split)

    def some(self, count: int) -> "ReferenceImages":
        """At most `count` of them, evenly spaced."""
        return self._at(evenly_spaced(len(self.paths), count))

    def _at(self, places: list[int]) -> "ReferenceImages":
        scores = self.outputs.in_distribution
        rows = ModelOutputs(self.outputs.probabilities[places], None if scores is None else scores[places])
        return ReferenceImages(self.split, tuple(self.paths[place] for place in places), rows)


@dataclass(frozen=True)
class LabelledReferenceImages(ReferenceImages):
    """The same of labelled images.

    Attributes:
        labels: the right classes, `(N,) int64`.
    """

    labels: NDArray[np.int64]

    def compare(self, outputs: ModelOutputs, manifest: Manifest) -> ParityReport:
        """Compares also the accuracies."""
        return compare(self.split, self.outputs, outputs, self.labels, manifest.rejection, manifest.labels)

    def _at(self, places: list[int]) -> "LabelledReferenceImages":
        chosen = super()._at(places)
        return LabelledReferenceImages(self.split, chosen.paths, chosen.outputs, self.labels[places])


def evenly_spaced(total: int, count: int) -> list[int]:
    """At most `count` places, evenly spaced over `total`."""
    return [int(place) for place in np.linspace(0, total - 1, min(count, total))]
