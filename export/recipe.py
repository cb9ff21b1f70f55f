"""What to export: a format, a precision and a target that fit together."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Self

from edgebreed.edge.manifest import Precision, Target
from edgebreed.edge.processor import processor_target
from edgebreed.errors import InputError


class Format(StrEnum):
    """File formats."""

    ONNX = "onnx"
    TFLITE = "tflite"


SUPPORTED = {
    Format.ONNX: (Precision.FP32, Precision.FP16, Precision.INT8, Precision.WEIGHT_INT8),
    Format.TFLITE: (Precision.FP32, Precision.FP16, Precision.INT8, Precision.DYNAMIC),
}
MAX_FLOAT_LAYERS = 8
"""Layers of an int8 file that may stay float, unless asked otherwise."""
CALIBRATION_PHOTOS = 300
OPSET = 17  # the newest that TensorRT's static quantization of all supported JetPacks accepts


@dataclass(frozen=True)
class NumberTypes:
    """How int8 numbers are laid out for a target.

    Attributes:
        signed: activations are int8, else uint8; weights are always int8, one scale a channel.
        symmetric: activations have zero point 0.
        reduce_range: weights keep 7 bits, so that 16-bit sums of x86 without VNNI do not saturate; those of
            depthwise convolutions keep 8, as their kernels widen each product first.
        fuse: rewrite the graph for ONNX Runtime's integer kernels.
    """

    signed: bool
    symmetric: bool = False
    reduce_range: bool = False
    fuse: bool = True

    def __post_init__(self) -> None:
        if self.symmetric and not self.signed:
            raise ValueError("symmetric activations must be signed: an unsigned zero point of 0 has one side")


NUMBER_TYPES = {
    Target.X86: NumberTypes(signed=False, reduce_range=True),
    Target.X86_VNNI: NumberTypes(signed=False),
    Target.ARM: NumberTypes(signed=True),
    Target.TENSORRT: NumberTypes(signed=True, symmetric=True, fuse=False),
}
"""ONNX Runtime's guidance by processor; TensorRT takes signed and symmetric alone, and fuses by itself."""


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

    def allowing(self, drop: float) -> "Bound":
        """The same with another loss of top-1, and the share of other answers that goes with it.

        Most answers that change on a hard photo change from wrong to wrong or back, so three times the
        loss may.
        """
        return replace(self, drop=drop, agreement=max(0.0, 1 - CHANGED_PER_LOST * drop))


CHANGED_PER_LOST = 3
FLOAT_BOUND = Bound(max_error=1e-4, agreement=1.0, drop=0.0, golden=0.02)
HALF_BOUND = Bound(max_error=0.05, agreement=0.99, drop=0.001, golden=0.03)
WEIGHT_BOUND = Bound(max_error=1.0, agreement=0.985, drop=0.005, golden=0.1)
INT8_BOUND = Bound(max_error=1.0, agreement=0.985, drop=0.005, golden=0.1)
TFLITE_INT8_BOUND = INT8_BOUND.allowing(0.01)
BOUNDS = {
    Precision.FP32: FLOAT_BOUND,
    Precision.FP16: HALF_BOUND,
    Precision.WEIGHT_INT8: WEIGHT_BOUND,
    Precision.INT8: INT8_BOUND,
    Precision.DYNAMIC: INT8_BOUND,
}


@dataclass(frozen=True)
class Recipe:
    """A format, a precision and, for int8 in ONNX, a target: `onnx-int8-x86-vnni`.

    Attributes:
        format: of the file.
        precision: of weights and arithmetic.
        target: what the int8 number types are chosen for; only ONNX has a choice.
    """

    format: Format
    precision: Precision
    target: Target | None = None

    def __post_init__(self) -> None:
        allowed = SUPPORTED[self.format]
        if self.precision not in allowed:
            raise InputError(f"--precision {self.precision} for {self.format}: choose {' or '.join(allowed)}")
        if self.target is not None and not self.has_targets:
            raise InputError(
                f"--target {self.target} for {self.format} {self.precision}: only --format onnx --precision "
                "int8 differs by target, leave --target out"
            )
        if self.target is None and self.has_targets:
            raise InputError(f"--precision int8 for onnx needs --target: choose {' or '.join(Target)}")

    @property
    def has_targets(self) -> bool:
        """Whether the number types depend on what the model will run on."""
        return (self.format, self.precision) == (Format.ONNX, Precision.INT8)

    @property
    def is_calibrated(self) -> bool:
        """Whether ranges are measured on photos."""
        return self.precision is Precision.INT8

    @property
    def name(self) -> str:
        """`onnx-fp32`, `onnx-int8-x86-vnni` and the like."""
        parts = (self.format, self.precision, self.target)
        return "-".join(part for part in parts if part is not None)

    @property
    def bound(self) -> Bound:
        """What this recipe may lose."""
        if (self.format, self.precision) == (Format.TFLITE, Precision.INT8):
            return TFLITE_INT8_BOUND
        return BOUNDS[self.precision]

    @property
    def number_types(self) -> NumberTypes:
        """The int8 layout of the target."""
        if self.target is None:
            raise ValueError(f"{self.name} has no target")
        return NUMBER_TYPES[self.target]

    @classmethod
    def fitting(cls, format_: Format, precision: Precision, target: Target | None) -> Self:
        """The recipe for what was asked for; where that leaves a target open, this processor's.

        The proof runs here, and so says most of a file that was made for here. Where the processor is none
        of the targets, the one that most others are.
        """
        if target is None and (format_, precision) == (Format.ONNX, Precision.INT8):
            target = processor_target() or Target.X86_VNNI
        return cls(format_, precision, target)

    @classmethod
    def from_name(cls, name: str) -> Self:
        """The recipe of a name.

        Raises:
            InputError: no recipe has this name.
        """
        recipes = {recipe.name: recipe for recipe in cls.all()}
        if name not in recipes:
            raise InputError(f"no recipe {name!r}: choose one of {', '.join(recipes)}")
        return recipes[name]

    @classmethod
    def all(cls) -> tuple[Self, ...]:
        """Every recipe that can be exported."""
        pairs = ((kind, precision) for kind in Format for precision in SUPPORTED[kind])
        with_targets = ((Format.ONNX, Precision.INT8),)
        plain = tuple(cls(*pair) for pair in pairs if pair not in with_targets)
        return plain + tuple(cls(*pair, target) for pair, target in product(with_targets, Target))
