"""What a network on a GPU has to reach beside ONNX Runtime, PyTorch and the first version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edgebreed.edge.manifest import Precision
from edgebreed.str_enum import StrEnum

FLOATS = (Precision.FP32, Precision.FP16)


class BoundVerdict(StrEnum):
    """Whether a bound holds."""

    PASSED = "passed"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Bound:
    """A ratio and what it has to be.

    Attributes:
        title: which ratio.
        limit: that it may not pass.
        found: what was measured; None where nothing was.
        at_least: whether the limit is the smallest value, not the largest.
    """

    title: str
    limit: float
    found: float | None
    at_least: bool = False

    @property
    def verdict(self) -> BoundVerdict:
        """Whether it holds."""
        if self.found is None:
            return BoundVerdict.NOT_MEASURED
        holds = self.found >= self.limit if self.at_least else self.found <= self.limit
        return BoundVerdict.PASSED if holds else BoundVerdict.MISSED

    def __str__(self) -> str:
        found = "" if self.found is None else f"{self.found:.3f}, "
        side = "at least" if self.at_least else "at most"
        return f"{self.verdict}: {self.title}: {found}{side} {self.limit:.2f}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "verdict": self.verdict.value}


Ratios = Mapping[Precision, float | None]
"""The median ratio of each precision; None or missing where it was not measured."""


def bounds_of(native: Ratios, torch: Ratios, batch: Ratios, photo: Ratios) -> list[Bound]:
    """The bounds that are to hold, in both precisions but for the batch.

    Args:
        native: edgebreed's time for one image divided by that of ONNX Runtime at its fastest.
        torch: the same divided by that of PyTorch's CUDA graph.
        batch: edgebreed's images per second in batches divided by PyTorch's.
        photo: edgebreed's time from photo to answer divided by the first version's.
    """
    return [
        Bound("one image, edgebreed / ONNX Runtime with CUDA graph and NHWC", 1.10, _worst(native)),
        Bound("one image, edgebreed / PyTorch's CUDA graph", 1.0, _worst(torch)),
        Bound("batch in fp16, images/s, edgebreed / PyTorch", 0.9, batch.get(Precision.FP16), at_least=True),
        Bound("photo to answer, edgebreed / the first version", 0.25, _worst(photo)),
    ]


def _worst(ratios: Ratios) -> float | None:
    found = [ratios.get(precision) for precision in FLOATS]
    measured = [value for value in found if value is not None]
    return max(measured) if len(measured) == len(FLOATS) else None
