"""What a model file says about itself: everything the runtime needs to use it as it was trained."""

import base64
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.errors import ModelFileError

SCHEMA = 1


class Precision(StrEnum):
    """Number format of a model's weights and arithmetic."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"  # weights and activations, with ranges measured on calibration photos
    WEIGHT_INT8 = "weight-int8"  # weights alone; the arithmetic stays float
    DYNAMIC = "dynamic"  # int8 weights; the runtime quantizes activations as they come


class Target(StrEnum):
    """What an int8 model's number types are chosen for."""

    X86 = "x86"  # AVX2 and AVX-512 without VNNI, whose 16-bit sums saturate on full 8-bit weights
    X86_VNNI = "x86-vnni"  # 32-bit sums of unsigned activations and signed weights
    ARM = "arm"  # signed activations and weights
    TENSORRT = "tensorrt"  # signed and symmetric, zero points 0


class RejectionScore(StrEnum):
    """Which number tells a photo of a known class from any other photo."""

    MAX_PROBABILITY = "max-probability"  # the largest softmax output (Hendrycks & Gimpel 2017)
    KNOWN = "known"  # the model's second output, fitted on photos of neither kind


@dataclass(frozen=True)
class Rejection:
    """When to answer 'none of the classes'.

    Attributes:
        score: the number that is compared.
        threshold: below it, the photo shows none of the classes.
        kept: share of validation photos at or above the threshold.
        auroc: area under the ROC curve, classes against negatives; None without negatives.
        false_positive_rate: share of negatives at or above the threshold; None without negatives.
        negatives: number of photos of neither kind that it was fitted on.
    """

    score: RejectionScore
    threshold: float
    kept: float
    auroc: float | None = None
    false_positive_rate: float | None = None
    negatives: int = 0


@dataclass(frozen=True)
class Accuracy:
    """Measured accuracy of this very file, and of the float model on the same photos."""

    photos: str
    n: int
    top1: float
    float_top1: float


@dataclass(frozen=True)
class Calibration:
    """What the quantizer saw: number of photos, from where, SHA-256 over their bytes."""

    photos: str
    n: int
    sha256: str


@dataclass(frozen=True)
class GoldenVector:
    """An encoded image, and what the float model answers to it.

    Attributes:
        name: file name with its format's suffix.
        data: the encoded image, in bytes.
        probabilities: one number a class, from the float model.
        known: the float model's second output, where it has one.
    """

    name: str
    data: bytes
    probabilities: tuple[float, ...]
    known: float | None = None


@dataclass(frozen=True)
class Tuned:
    """What `edgebreed tune` found fastest for a model, and where.

    Attributes:
        machine: the processor that it holds for.
        engine: as `--engine` calls it.
        threads: threads of one inference; 0 lets the engine choose.
        detector: settings of the face search.
        p50_ms: median time of a frame, from pixels to answer, in ms.
        samples: of how many frames.
        frame: height and width of these in px.
        by_baseline: its time as a share of each baseline's.
        top1: accuracy there; None where nobody measured it.
        drop_points: points of it lost against float32.
        n: number of photos.
    """

    machine: str
    engine: str
    threads: int
    detector: dict[str, float]
    p50_ms: float
    samples: int
    frame: tuple[int, int]
    by_baseline: dict[str, float]
    top1: float | None
    drop_points: float | None
    n: int


@dataclass(frozen=True)
class Manifest:
    """The description that travels inside a model file.

    Attributes:
        name: short name of the model.
        arch: architecture it was trained as.
        classes: class names in the order of the outputs, as the training folders spell them.
        labels: the same, as people should read them.
        input: size and resize rule of the input, `(N, H, W, 3) uint8 RGB`.
        precision: number format of the arithmetic.
        rejection: when to answer 'none of the classes'.
        accuracy: measured on photos, where there were any.
        calibration: what the quantizer saw, for a quantized model.
        tolerance: largest difference in a golden probability that `verify` accepts.
        source_sha256: digest of the Keras model it was made from.
        created: ISO 8601 date.
        tools: versions of the packages that made it.
        golden: images with their float answers.
        notice: origin and licence of the weights.
        tuned: how it runs fastest on the machine that it was tuned on; None where it was not.
        target: what the number types were chosen for; None where they suit every machine.
        opset: ONNX operator set version; None for TFLite.
        float_layers: layers of an int8 model that stayed float because accuracy asked for it.
        schema: version of this description.
    """

    name: str
    arch: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    input: InputSpec
    precision: Precision
    rejection: Rejection
    accuracy: Accuracy | None
    calibration: Calibration | None
    tolerance: float
    source_sha256: str
    created: str
    tools: dict[str, str] = field(default_factory=dict)
    golden: tuple[GoldenVector, ...] = ()
    notice: str = ""
    tuned: Tuned | None = None
    target: Target | None = None
    opset: int | None = None
    float_layers: tuple[str, ...] = ()
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if len(self.classes) != len(self.labels):
            raise ValueError(f"{len(self.labels)} labels for {len(self.classes)} classes: give one a class")
        for vector in self.golden:
            if len(vector.probabilities) != len(self.classes):
                raise ValueError(f"golden vector {vector.name} does not fit {len(self.classes)} classes")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; encoded images become base64."""
        data = asdict(self)
        for vector in data["golden"]:
            vector["data"] = base64.b64encode(vector["data"]).decode()
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Reads what `to_dict` wrote.

        Raises:
            ModelFileError: another schema version, or a field that is missing or wrong.
        """
        if data.get("schema") != SCHEMA:
            raise ModelFileError(
                f"manifest schema {data.get('schema')!r}: this edgebreed reads {SCHEMA}; "
                "export the model again or install the edgebreed that wrote it"
            )
        try:
            return cls(**{**data, **_nested(data)})
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"manifest is damaged ({error}): export the model again") from error


def _nested(data: dict[str, Any]) -> dict[str, Any]:
    rejection, accuracy, calibration = data["rejection"], data["accuracy"], data["calibration"]
    return {
        "classes": tuple(data["classes"]),
        "labels": tuple(data["labels"]),
        "input": InputSpec(**{**data["input"], "resize": ResizeRule(data["input"]["resize"])}),
        "precision": Precision(data["precision"]),
        "rejection": Rejection(**{**rejection, "score": RejectionScore(rejection["score"])}),
        "accuracy": accuracy and Accuracy(**accuracy),
        "calibration": calibration and Calibration(**calibration),
        "golden": tuple(_golden(vector) for vector in data["golden"]),
        "tuned": _tuned(data.get("tuned")),
        "target": Target(data["target"]) if data.get("target") else None,
        "float_layers": tuple(data.get("float_layers", ())),
    }


def _tuned(data: dict[str, Any] | None) -> Tuned | None:
    return Tuned(**{**data, "frame": tuple(data["frame"])}) if data else None


def _golden(data: dict[str, Any]) -> GoldenVector:
    pixels = base64.b64decode(data["data"], validate=True)
    return GoldenVector(**{**data, "data": pixels, "probabilities": tuple(data["probabilities"])})
