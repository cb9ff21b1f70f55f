"""What to export: a format and a precision that fit together."""

from dataclasses import dataclass
from enum import StrEnum

from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError


class Format(StrEnum):
    """File formats."""

    ONNX = "onnx"
    TFLITE = "tflite"


SUPPORTED = {Format.ONNX: (Precision.FP32, Precision.INT8), Format.TFLITE: (Precision.FP32,)}
OPSET = 17  # the newest that TensorRT's static quantization of all supported JetPacks accepts


@dataclass(frozen=True)
class Bound:
    """How much an export may lose on validation photos.

    Attributes:
        max_error: largest difference in a probability; 1 does not bound it.
        agreement: smallest share of photos with the float model's likeliest class.
        drop: largest loss of top-1.
        golden: largest difference in a golden probability that `verify` accepts on other machines.
    """

    max_error: float
    agreement: float
    drop: float
    golden: float


FLOAT_BOUND = Bound(max_error=1e-4, agreement=1.0, drop=0.0, golden=0.02)
INT8_BOUND = Bound(max_error=1.0, agreement=0.95, drop=0.01, golden=0.1)


@dataclass(frozen=True)
class Recipe:
    """A format and a precision, for instance `onnx-int8`."""

    format: Format
    precision: Precision

    def __post_init__(self) -> None:
        allowed = SUPPORTED[self.format]
        if self.precision not in allowed:
            raise InputError(f"--precision {self.precision} for {self.format}: choose {' or '.join(allowed)}")

    @property
    def name(self) -> str:
        """`onnx-int8` and the like."""
        return f"{self.format}-{self.precision}"

    @property
    def bound(self) -> Bound:
        """What this precision may lose."""
        return INT8_BOUND if self.precision is Precision.INT8 else FLOAT_BOUND
