"""Checks the scales and zero points of a TFLite file, at whose wrong values LiteRT ends the process."""

from collections.abc import Sequence

from edgebreed.edge.formats.flatbuffer import FlatTable
from edgebreed.edge.formats.tflite_size import REMEDY
from edgebreed.errors import ModelFileError

SCALES = (2.0**-126, 2.0**64)
"""From the smallest float32 of full precision to far above any that a quantizer writes."""
MAX_RATIO = 1 << 13
"""How many times an output's scale those of what is added may be: kernels abort at twice that."""
MAX_SQUARE = 1 << 11
"""The same of squared scales, for the square of a difference."""
_ADDITIONS, _SQUARED_DIFFERENCE = {0, 41}, 99  # ADD and SUB
_RANGES = {
    3: (0, 255),
    7: (-(1 << 15), (1 << 15) - 1),
    9: (-128, 127),
    17: (-8, 7),
}  # UINT8, INT16, INT8, INT4
_OF_INT32 = (-(1 << 31), (1 << 31) - 1)
_COMPARISONS = {58, 61, 62, 63, 71, 72}
"""LESS, GREATER, GREATER_EQUAL, LESS_EQUAL, EQUAL and NOT_EQUAL, whose kernels abort at a scale of 1."""


def check_quantization(graph: FlatTable, operators: Sequence[tuple[int, FlatTable]]) -> None:
    """Refuses values that no quantizer writes, and operators that cannot compute with theirs.

    Args:
        graph: the only one, whose indices are checked.
        operators: the kind and the table of each.

    Raises:
        ModelFileError: with what came.
    """
    tensors = graph.tables(0)
    scales = [_scales(tensor) for tensor in tensors]
    for kind, operator in operators:
        inputs = [one for place in operator.scalars(1, "i") if place >= 0 for one in scales[place]]
        outputs = [one for place in operator.scalars(2, "i") for one in scales[place]]
        if kind in _COMPARISONS and inputs:
            raise ModelFileError(f"operator {kind} on quantized tensors is refused: {REMEDY}")
        if inputs and outputs and not _can_add(kind, max(inputs), min(outputs)):
            raise ModelFileError(
                f"operator {kind} with scales of {max(inputs):g} and {min(outputs):g} is refused: {REMEDY}"
            )


def _can_add(kind: int, most: float, least: float) -> bool:
    if kind == _SQUARED_DIFFERENCE:
        return most**2 <= MAX_SQUARE * least
    return kind not in _ADDITIONS or most <= MAX_RATIO * least


def _scales(tensor: FlatTable) -> tuple[float, ...]:
    """A tensor's scales; none where it is not quantized."""
    quantization = tensor.table(4)
    if quantization is None:
        return ()
    scales, zero_points = quantization.scalars(2, "f"), quantization.scalars(3, "q")
    least, most = _RANGES.get(tensor.scalar(1, "b"), _OF_INT32)
    for scale in scales:
        if not SCALES[0] <= scale <= SCALES[1]:
            raise ModelFileError(
                f"a scale of {scale:g} is refused, {SCALES[0]:.2g} to {SCALES[1]:.2g} are allowed: {REMEDY}"
            )
    for zero in zero_points:
        if not least <= zero <= most:
            raise ModelFileError(
                f"a zero point of {zero} is refused, {least} to {most} are allowed: {REMEDY}"
            )
    return scales
