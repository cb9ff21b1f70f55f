"""Whether a candidate is right as often as the float model, on labelled photos, on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edgebreed.benchmarks.tune.candidates import Candidate
from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.train.dataset import Photo, labels_of
from edgebreed.train.evaluate import answer_all
from edgebreed.train.metrics import topk


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
        pool: all candidates; the best float32 among them is the reference.
        photos: labelled photos; without any, the files' own figures are taken.
        title: what to call the photos.
    """

    pool: Sequence[Candidate]
    photos: Sequence[Photo] = ()
    title: str = "manifest"
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def score(self, candidate: Candidate) -> Score:
        """Its accuracy beside the reference's."""
        if self.photos:
            return Score(self._top1(candidate), self._reference(), len(self.photos), self.title)
        told = candidate.package.manifest.accuracy
        references = [one.package.float_top1 for one in self.pool if one.package.float_top1 is not None]
        return Score(candidate.package.top1, max(references, default=None), told.n if told else 0, self.title)

    def _reference(self) -> float | None:
        floats = [one for one in self.pool if one.package.is_reference]
        by_file = {one.package.path: one for one in floats}
        return max((self._top1(one) for one in by_file.values()), default=None)

    def _top1(self, candidate: Candidate) -> float:
        key = (str(candidate.package.path), candidate.engine)
        if key not in self._known:
            manifest = candidate.package.manifest
            engine = load_engine(candidate.package.path, manifest, EngineOptions(candidate.engine))
            paths = [photo.path for photo in self.photos]
            answers = answer_all(engine, paths, manifest.input, f"top-1 of {candidate.name}")
            self._known[key] = topk(answers.probabilities, labels_of(self.photos), 1)
        return self._known[key]
