"""Accuracy of the candidates on labelled images, on this machine, against the float model."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from edgebreed.benchmarks.tune.configurations import InferenceConfiguration
from edgebreed.benchmarks.tune.successive_halving import first_line
from edgebreed.edge.engines import EngineOptions, open_engine
from edgebreed.edge.formats import read_model
from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError
from edgebreed.train.accuracy_text import accuracy_of
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.evaluation import compute_outputs
from edgebreed.train.measure_outputs import measure_outputs

STATED = "manifest"
"""Name of the data set where the accuracy is what the model files state."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class AccuracyScore:
    """Top-1 of a candidate and of the float model on the same images; of multi-label models subset accuracy.

    Attributes:
        top1: share of images that the candidate classifies correctly; None where it is not known.
        float_top1: share that the float model classifies correctly; None likewise.
        n: number of images.
        dataset: name of the images; `manifest` where the model files' own figures are taken.
    """

    top1: float | None
    float_top1: float | None
    n: int
    dataset: str

    @property
    def drop(self) -> float | None:
        """Percentage points of top-1 lost against the float model; None where one of them is not known."""
        if self.top1 is None or self.float_top1 is None:
            return None
        return (self.float_top1 - self.top1) * 100

    def within(self, max_drop: float) -> bool:
        """Whether at most so many points are lost; False where nothing is known."""
        return self.drop is not None and self.drop <= max_drop + 1e-9

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "top1": self.top1,
            "reference": self.float_top1,
            "n": self.n,
            "photos": self.dataset,
            "drop_points": self.drop,
        }


@dataclass
class AccuracyEvaluator:
    """Scores candidates; runs each model file in each engine only once.

    The float model is the most accurate float32 file among the candidates, an ONNX file if there is one. If
    no candidate is in float32, its accuracy is what the model files state of it.

    Attributes:
        candidates: all of them.
        images: labelled images; without any, the accuracy that the model files state is taken.
        dataset: name of the images.
    """

    candidates: Sequence[InferenceConfiguration]
    images: Sequence[LabelledImage] = ()
    dataset: str = STATED
    _measured: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def score(self, candidate: InferenceConfiguration) -> AccuracyScore:
        """A candidate's accuracy beside the float model's."""
        if self.images:
            return AccuracyScore(self._top1(candidate), self._float_top1(), len(self.images), self.dataset)
        stated = candidate.variant.manifest.accuracy
        return AccuracyScore(
            candidate.variant.top1, self._stated_float_top1(), stated.n if stated else 0, self.dataset
        )

    def _float_top1(self) -> float | None:
        floats = [one for one in self.candidates if one.variant.manifest.precision is Precision.FP32]
        preferred = [one for one in floats if one.variant.is_baseline] or floats
        by_file = {one.variant.path: one for one in preferred}
        found = [self._top1(one) for one in by_file.values()]
        return max((top1 for top1 in found if top1 is not None), default=self._stated_float_top1())

    def _stated_float_top1(self) -> float | None:
        stated = [one.variant.float_top1 for one in self.candidates]
        return max((top1 for top1 in stated if top1 is not None), default=None)

    def _top1(self, candidate: InferenceConfiguration) -> float | None:
        """None where the candidate fails, which is logged as a warning."""
        key = (str(candidate.variant.path), candidate.engine)
        if key not in self._measured:
            try:
                self._measured[key] = self._measure(candidate)
            except InputError:  # an image is at fault, not the candidate
                raise
            except Exception as error:  # each runtime raises classes of its own, with no common base
                _LOG.warning("no top-1 of %s: %s", candidate.name, first_line(error))
                self._measured[key] = None
        return self._measured[key]

    def _measure(self, candidate: InferenceConfiguration) -> float:
        manifest = candidate.variant.manifest
        engine = open_engine(read_model(candidate.variant.path), EngineOptions(candidate.engine))
        paths = [image.path for image in self.images]
        outputs = compute_outputs(engine, paths, manifest.input, f"top-1 of {candidate.name}")
        return accuracy_of(measure_outputs(outputs, self.images, manifest))
