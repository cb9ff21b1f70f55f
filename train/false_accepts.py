"""Images of none of the classes that a model answers with a class."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.edge.accuracy import describe_share, wilson_interval
from edgebreed.edge.images import find_photos
from edgebreed.edge.prediction import Kind
from edgebreed.errors import InputError
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.delivered import answered_kinds
from edgebreed.train.evaluation import Evaluation, compute_outputs, decodable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class FalseAccepts:
    """Answers to images of none of the classes.

    Attributes:
        n: number of images.
        known: how many were answered with a class.
    """

    n: int
    known: int

    @property
    def share(self) -> float:
        """Share of the images that were answered with a class."""
        return self.known / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        return wilson_interval(self.known, self.n)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"n": self.n, "known": self.known, "share": self.share, "interval": list(self.interval)}

    def describe(self) -> str:
        """A line of text."""
        return f"answered with a class: {describe_share(self.share, self.n)}"


def measure_false_accepts(evaluation: Evaluation, folder: Path) -> FalseAccepts:
    """Answers every image of a folder as the runtime does, and counts.

    Args:
        evaluation: the model.
        folder: images of none of its classes; best none that its 'unknown' was learned from.

    Raises:
        InputError: the folder holds no image that decodes.
    """
    found = [LabelledImage(path, 0) for path in find_photos([folder])]  # the label is not used
    images = tuple(decodable(found))
    if len(images) < len(found):
        _LOG.warning(
            "%d of the %d negatives do not decode, and are left out", len(found) - len(images), len(found)
        )
    if not images:
        raise InputError(f"--negatives {folder}: none of its {len(found)} images decodes; give others")
    paths, description = [image.path for image in images], evaluation.description
    outputs = compute_outputs(evaluation.engine, paths, description.input, "negatives")
    kinds = answered_kinds(outputs, images, description)
    return FalseAccepts(len(images), kinds.count(Kind.KNOWN))
