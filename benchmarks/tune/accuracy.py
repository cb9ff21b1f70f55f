"""Whether a candidate is right as often as the float model, on labelled photos, on this machine."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edgebreed.benchmarks.tune.candidates import Candidate
from edgebreed.benchmarks.tune.race import first_line
from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError
from edgebreed.train.classification_metrics import topk
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.evaluation import compute_outputs


@dataclass(frozen=True)
class Score:
    """Top-1, on what, and how much is lost against the float model; None where nobody measured it.

    Attributes:
        top1: share of photos answered rightly.
        reference: the float model's share on the same photos.
        n: number of photos.
        photos: which photos, or `manifest` where the files' own figures were taken.
    """

    top1: float | None
    reference: float | None
    n: int
    photos: str

    @property
    def drop(self) -> float | None:
        """Points lost."""
        known = self.top1 is not None and self.reference is not None
        return (self.reference - self.top1) * 100 if known else None  # type: ignore[operator]  # both are known

    def within(self, max_drop: float) -> bool:
        """Whether at most so many points are lost; not where nothing is known."""
        return self.drop is not None and self.drop <= max_drop + 1e-9

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**vars(self), "drop_points": self.drop}


@dataclass
class Judge:
    """Scores candidates, each file in each engine once.

    Attributes:
        pool: all candidates; the best float32 among them is the reference, in ONNX where there is one; where
            there is none, what the files tell of the float model that they were made from.
        photos: labelled photos; without any, the files' own figures are taken.
        title: what to call the photos.
    """

    pool: Sequence[Candidate]
    photos: Sequence[LabelledImage] = ()
    title: str = "manifest"
    _known: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def score(self, candidate: Candidate) -> Score:
        """Its accuracy beside the reference's."""
        if self.photos:
            return Score(self._top1(candidate), self._reference(), len(self.photos), self.title)
        told = candidate.package.manifest.accuracy
        return Score(candidate.package.top1, self._told(), told.n if told else 0, self.title)

    def _reference(self) -> float | None:
        floats = [one for one in self.pool if one.package.manifest.precision is Precision.FP32]
        first = [one for one in floats if one.package.is_reference] or floats
        by_file = {one.package.path: one for one in first}
        found = [self._top1(one) for one in by_file.values()]
        return max((top1 for top1 in found if top1 is not None), default=self._told())

    def _told(self) -> float | None:
        """The float model's accuracy as the files tell it."""
        told = [one.package.float_top1 for one in self.pool]
        return max((top1 for top1 in told if top1 is not None), default=None)

    def _top1(self, candidate: Candidate) -> float | None:
        """None where it does not answer, which standard error tells."""
        key = (str(candidate.package.path), candidate.engine)
        if key not in self._known:
            try:
                self._known[key] = self._measured(candidate)
            except InputError:  # a photo is at fault, no candidate
                raise
            except Exception as error:  # each runtime raises kinds of its own, with no common base
                print(f"no top-1 of {candidate.name}: {first_line(error)}", file=sys.stderr)
                self._known[key] = None
        return self._known[key]

    def _measured(self, candidate: Candidate) -> float:
        manifest = candidate.package.manifest
        engine = load_engine(candidate.package.path, manifest, EngineOptions(candidate.engine))
        paths = [photo.path for photo in self.photos]
        answers = compute_outputs(engine, paths, manifest.input, f"top-1 of {candidate.name}")
        return topk(answers.probabilities, labels_of(self.photos), 1)
