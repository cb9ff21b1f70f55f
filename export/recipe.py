"""What can be exported: a format, a precision and a target that fit together, and what each may lose."""

from dataclasses import dataclass, replace
from itertools import product

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Precision, Target
from edgebreed.edge.processor import processor_target
from edgebreed.errors import InputError

SUPPORTED = {
    ModelFormat.ONNX: (Precision.FP32, Precision.FP16, Precision.INT8, Precision.WEIGHT_INT8),
    ModelFormat.TFLITE: (Precision.FP32, Precision.FP16, Precision.INT8, Precision.DYNAMIC),
}
ONNX_INT8 = (ModelFormat.ONNX, Precision.INT8)
MAX_FLOAT_LAYERS = 8
"""Layers of an int8 file that may stay float, unless asked otherwise."""
CALIBRATION_IMAGES = 300
OPSETS = range(9, 19)  # what tf2onnx writes
OPSET = 17  # the newest that TensorRT's static quantization accepts on all supported JetPacks


@dataclass(frozen=True)
class GraphOptions:
    """Options of the file's graph that do not change its arithmetic.

    Attributes:
        opset: ONNX operator set version.
        static_batch: fix the batch to 1.
    """

    opset: int = OPSET
    static_batch: bool = False


@dataclass(frozen=True)
class QuantizationScheme:
    """The integer types that a target's kernels take; weights are always int8 with one scale a channel.

    Attributes:
        signed: activations are int8, else uint8.
        symmetric: activations have zero point 0.
        reduce_range: weights keep 7 bits, because x86 without VNNI adds products in 16 bits, which saturate.
            Depthwise convolutions keep 8 bits, as their kernels widen each product first.
        fuse: rewrite the graph for ONNX Runtime's integer kernels.
    """

    signed: bool
    symmetric: bool = False
    reduce_range: bool = False
    fuse: bool = True

    def __post_init__(self) -> None:
        if self.symmetric and not self.signed:
            raise ValueError("symmetric activations must be signed: unsigned ones have no values below zero")


QUANTIZATION_SCHEMES = {
    Target.X86: QuantizationScheme(signed=False, reduce_range=True),
    Target.X86_VNNI: QuantizationScheme(signed=False),
    Target.ARM: QuantizationScheme(signed=True),
    Target.TENSORRT: QuantizationScheme(signed=True, symmetric=True, fuse=False),
}
"""As ONNX Runtime's documentation advises; TensorRT takes symmetric int8 alone and fuses by itself."""


@dataclass(frozen=True)
class AccuracyBudget:
    """How much an export may lose against the float model on validation images.

    Attributes:
        max_error: largest difference in a probability; 1 sets no limit.
        agreement: smallest share of images with the float model's top-1 class.
        drop: largest loss of top-1 accuracy, as a share of the images.
        golden_tolerance: largest difference in a golden vector's probability that `verify` accepts.
        other_cores: how many times as far off the file may be on another processor as on this one.
    """

    max_error: float
    agreement: float
    drop: float
    golden_tolerance: float
    other_cores: float = 1.0

    def with_drop(self, drop: float) -> "AccuracyBudget":
        """The same with another loss of top-1, and the agreement that goes with it.

        Most answers that change on a hard image change from one wrong class to another or from wrong to
        right, so three times as many may change.
        """
        return replace(self, drop=drop, agreement=max(0.0, 1 - CHANGED_PER_LOST * drop))

    def measurable_on(self, n: int) -> "AccuracyBudget":
        """The same with each loss that is allowed at all raised to one image of n.

        A share of n images changes in steps of 1/n, so a smaller bound would refuse a file for one image. A
        bound of exactly 0 stays 0.
        """
        agreement = self.agreement if self.agreement == 1 else min(self.agreement, 1 - 1 / n)
        return replace(self, agreement=agreement, drop=self.drop and max(self.drop, 1 / n))


CHANGED_PER_LOST = 3
FLOAT_BUDGET = AccuracyBudget(max_error=1e-4, agreement=1.0, drop=0.0, golden_tolerance=0.02)
# x86 computes fp16 files in float32. ARM cores with fp16 arithmetic (Cortex-A76, Neoverse N1) sum in fp16:
# Xception is off by 0.0103 there where x86 shows 0.0019.
HALF_BUDGET = AccuracyBudget(
    max_error=0.05, agreement=0.99, drop=0.001, golden_tolerance=0.03, other_cores=6.0
)
INT8_BUDGET = AccuracyBudget(max_error=1.0, agreement=0.985, drop=0.005, golden_tolerance=0.1)
TFLITE_INT8_BUDGET = INT8_BUDGET.with_drop(0.01)
BUDGETS = {
    Precision.FP32: FLOAT_BUDGET,
    Precision.FP16: HALF_BUDGET,
    Precision.WEIGHT_INT8: INT8_BUDGET,
    Precision.INT8: INT8_BUDGET,
    Precision.DYNAMIC: INT8_BUDGET,
}


@dataclass(frozen=True)
class Recipe:
    """A format, a precision and, for int8 in ONNX, a target: `onnx-int8-x86-vnni`.

    Attributes:
        format: of the file.
        precision: of weights and arithmetic.
        target: the processor that the integer types are chosen for; only int8 in ONNX has a choice.
    """

    format: ModelFormat
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
        """Whether the integer types depend on the processor that the model will run on."""
        return (self.format, self.precision) == ONNX_INT8

    @property
    def is_calibrated(self) -> bool:
        """Whether the ranges of activations are measured on images."""
        return self.precision is Precision.INT8

    @property
    def name(self) -> str:
        """`onnx-fp32`, `onnx-int8-x86-vnni` and the like."""
        parts = (self.format, self.precision, self.target)
        return "-".join(part for part in parts if part is not None)

    @property
    def budget(self) -> AccuracyBudget:
        """What this recipe may lose."""
        if (self.format, self.precision) == (ModelFormat.TFLITE, Precision.INT8):
            return TFLITE_INT8_BUDGET
        return BUDGETS[self.precision]

    @property
    def scheme(self) -> QuantizationScheme:
        """The integer types of the target."""
        if self.target is None:
            raise ValueError(f"{self.name} has no target")
        return QUANTIZATION_SCHEMES[self.target]

    @classmethod
    def resolve(cls, format_: ModelFormat, precision: Precision, target: Target | None) -> "Recipe":
        """The recipe for a request; a target that was left open becomes this machine's processor.

        The file is checked on this machine, and that says most about a file that was made for it. On a
        processor that is none of the targets, it is x86 with VNNI.
        """
        if target is None and (format_, precision) == ONNX_INT8:
            target = processor_target() or Target.X86_VNNI
        return cls(format_, precision, target)

    @classmethod
    def from_name(cls, name: str) -> "Recipe":
        """The recipe of a name.

        Raises:
            InputError: no recipe has this name.
        """
        recipes = {recipe.name: recipe for recipe in cls.all()}
        if name not in recipes:
            raise InputError(f"no recipe {name!r}: choose one of {', '.join(recipes)}")
        return recipes[name]

    @classmethod
    def all(cls) -> "tuple[Recipe, ...]":
        """Every recipe that can be exported."""
        pairs = [(format_, precision) for format_ in ModelFormat for precision in SUPPORTED[format_]]
        without = tuple(cls(*pair) for pair in pairs if pair != ONNX_INT8)
        return without + tuple(cls(*pair, target) for pair, target in product((ONNX_INT8,), Target))
