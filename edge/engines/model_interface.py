"""Compares what a loaded model takes and gives with what its manifest says, before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from edgebreed.edge.manifest import Manifest
from edgebreed.edge.task import RejectionScore
from edgebreed.errors import ModelFileError

NUMBERS = ("float32", "float16", "int8", "uint8")
"""Types that outputs may have; integers are mapped to real values by their scale."""

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class TensorInfo:
    """An input or output of a model, as its engine describes it.

    Attributes:
        dtype: as numpy calls it.
        shape: None where a size is open.
    """

    dtype: str
    shape: Shape

    def __str__(self) -> str:
        return f"{self.dtype} ({', '.join('N' if size is None else str(size) for size in self.shape)})"


def check_interface(inputs: Sequence[TensorInfo], outputs: Sequence[TensorInfo], manifest: Manifest) -> None:
    """Refuses a model whose inputs or outputs are not those of its manifest.

    Raises:
        ModelFileError: in number, type, rank or size.
    """
    spec, classes = manifest.input, len(manifest.classes)
    image = TensorInfo("uint8", (None, spec.height, spec.width, 3))
    if len(inputs) != 1 or inputs[0].dtype != image.dtype or not _fits(inputs[0].shape, image.shape):
        raise _mismatch(manifest, "takes", inputs, str(image))
    score = manifest.rejection.score is RejectionScore.IN_DISTRIBUTION
    widths = [(None, classes), (None, 1)]
    allowed = (2,) if score else (1, 2)
    ordered = sorted(outputs, key=lambda output: output.shape[-1:] != (classes,))
    fits = all(_fits(output.shape, width) for output, width in zip(ordered, widths, strict=False))
    if len(outputs) not in allowed or not fits or any(output.dtype not in NUMBERS for output in outputs):
        also = " and (N, 1)" if score else " and perhaps (N, 1)"
        raise _mismatch(manifest, "gives", outputs, f"(N, {classes}){also}")


def _fits(found: Shape, asked: Shape) -> bool:
    """Whether each size is the one that was asked for, or open; the first counts images."""
    if len(found) != len(asked) or found[0] not in (None, 1):
        return False
    return all(size in (None, want) for size, want in zip(found[1:], asked[1:], strict=True))


def _mismatch(manifest: Manifest, verb: str, found: Sequence[TensorInfo], asked: str) -> ModelFileError:
    came = ", ".join(map(str, found)) or "nothing"
    return ModelFileError(
        f"{manifest.name} {verb} {came}, and its manifest says {asked}: export the model again"
    )
