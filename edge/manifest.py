"""What a model file says about itself: everything the runtime needs to use it as it was trained."""

import base64
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from edgebreed.edge.detectors import check_settings
from edgebreed.edge.imported import Imported, Proof
from edgebreed.edge.json_fields import LONG, MANY, OF_FOLDERS, JsonFields
from edgebreed.edge.label_thresholds import check_label_thresholds, set_label_thresholds
from edgebreed.edge.preprocess import LETTERBOX_GREY, DecodeRule, InputSpec, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.errors import ModelFileError
from edgebreed.str_enum import StrEnum

SCHEMA = 3
DIGEST_SINCE = 3  # files of this schema end in a digest over all of their bytes
MAX_CLASSES = 100_000
MAX_SIDE = 4096  # px of an input
MAX_GOLDEN, MAX_GOLDEN_BYTES = 64, 1 << 22  # vectors; characters of an image in base64
MAX_DIGESTS = 1 << 24  # characters of the digests of what it learned from, for two million images
MAX_FRAME = 100_000  # px
MANY_KEYS = 1000  # of an object that names its fields itself
PROBABILITY = (-0.001, 1.001)  # with what float arithmetic leaves over
MAX_THREADS = 1024  # more than any processor has; each takes memory, and tens of thousands a machine down
NO_MANIFEST = "no manifest: `edgebreed import` takes in another program's model"


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


@dataclass(frozen=True)
class DetectorConfig:
    """Which detector finds people's faces.

    Attributes:
        name: `haar`, or `none` for a model that does not answer people.
        settings: those that differ from the detector's own.
    """

    name: str = "none"
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accuracy:
    """Measured accuracy of this very file, and of the float model on the same photos.

    Attributes:
        photos: which photos of the data set.
        n: number of photos.
        top1: share of the photos whose most probable class is right, 0 to 1; of a multi-label model, share of
            those of which exactly the right labels are found (subset accuracy).
        float_top1: the same of the float model.
        mean_average_precision: of a multi-label model, 0 to 1; else None.
        float_mean_average_precision: the same of the float model.
    """

    photos: str
    n: int
    top1: float
    float_top1: float
    mean_average_precision: float | None = None
    float_mean_average_precision: float | None = None


@dataclass(frozen=True)
class Calibration:
    """What the quantizer saw.

    Attributes:
        photos: which photos of the data set.
        n: number of photos.
        sha256: digest over the bytes of all of them.
    """

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
        in_distribution: the float model's second output, where it has one.
    """

    name: str
    data: bytes
    probabilities: tuple[float, ...]
    in_distribution: float | None = None


DIGEST_BYTES = 6  # 48 bits: two of a million images share one with a chance of 1 in 500


@dataclass(frozen=True)
class LearnedImages:
    """Which images a model has learned from, so that nobody measures it on these.

    Attributes:
        digests: the first 6 bytes of each file's SHA-256, sorted and joined.
    """

    digests: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.digests) % DIGEST_BYTES:
            raise ValueError(f"learned has {len(self.digests)} bytes: {DIGEST_BYTES} an image are allowed")

    @classmethod
    def of(cls, sha256: Iterable[str]) -> "LearnedImages":
        """From the files' SHA-256 in hexadecimal."""
        return cls(b"".join(sorted({bytes.fromhex(digest)[:DIGEST_BYTES] for digest in sha256})))

    @classmethod
    def from_base64(cls, text: str) -> "LearnedImages":
        """Reads what `to_base64` wrote.

        Raises:
            ValueError: the text is no base64.
        """
        return cls(base64.b64decode(text, validate=True))

    def to_base64(self) -> str:
        """The digests as a JSON type."""
        return base64.b64encode(self.digests).decode()

    @property
    def n(self) -> int:
        """Number of different images."""
        return len(self.digests) // DIGEST_BYTES

    @cached_property
    def _members(self) -> frozenset[bytes]:
        size = DIGEST_BYTES
        return frozenset(self.digests[start : start + size] for start in range(0, len(self.digests), size))

    def union(self, other: "LearnedImages") -> "LearnedImages":
        """Those of both."""
        return LearnedImages(b"".join(sorted(self._members | other._members)))

    def __contains__(self, sha256: str) -> bool:
        """Whether a file of this SHA-256, in hexadecimal, is one of them."""
        return bytes.fromhex(sha256)[:DIGEST_BYTES] in self._members


@dataclass(frozen=True)
class Tuned:
    """What `edgebreed tune` found fastest for a model, and where.

    Attributes:
        machine: the processor that it holds for.
        engine: as `--engine` calls it.
        threads: threads of one inference; 0 lets the engine choose.
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
        labels: the same, as display names.
        input: size and rules of the input, `(N, H, W, 3) uint8 RGB`.
        precision: number format of the arithmetic.
        task: what it is asked, and in which words it answers.
        detector: what finds the faces of people, where it answers people.
        rejection: when to answer 'unknown'.
        accuracy: measured on photos, where there were any.
        calibration: what the quantizer saw, for a quantized model.
        tolerance: largest difference in a golden probability that `verify` accepts, with room for processors
            that compute in another precision than the exporting one: ARM sums fp16 in fp16, x86 in float32.
        source_sha256: digest of the file that it was made from.
        created: ISO 8601 date.
        tools: versions of the packages that made it.
        golden: images with their float answers.
        notice: origin and licence of the weights.
        tuned: how it runs fastest on the machine that it was tuned on; None where it was not.
        target: what the number types were chosen for; None where they suit every machine.
        opset: ONNX operator set version; None for TFLite.
        float_layers: layers of an int8 model that stayed float because accuracy asked for it.
        learned: the images that it learned from; None where that is not known.
        dropped: the images of its data set that training left out, to be left out of a measurement too; None
            where that is not known.
        imported: where it is from, if another program trained it.
        thresholds: of a multi-label model, the probability from which on an image shows a label, one a class;
            else empty.
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
    task: Task = field(default_factory=Task)
    detector: DetectorConfig = field(default_factory=DetectorConfig)
    learned: LearnedImages | None = None
    dropped: LearnedImages | None = None
    imported: Imported | None = None
    thresholds: tuple[float, ...] = ()
    schema: int = SCHEMA

    def __post_init__(self) -> None:
        if len(self.classes) != len(self.labels):
            raise ValueError(f"{len(self.labels)} labels for {len(self.classes)} classes: give one a class")
        check_label_thresholds(self.task, self.classes, self.thresholds)
        for vector in self.golden:
            if len(vector.probabilities) != len(self.classes):
                raise ValueError(f"golden vector {vector.name} does not fit {len(self.classes)} classes")

    @property
    def is_unproved(self) -> bool:
        """Whether another program trained it, and nobody has shown that it answers here as it did there."""
        return self.imported is not None and self.imported.proof is Proof.NONE

    def with_threshold(self, unknown_below: float | str | None) -> "Manifest":
        """The same with another threshold of 'unknown', or `off`; None changes nothing.

        That of a multi-label model becomes the threshold of each of its labels.
        """
        if self.task.multi_label:
            return replace(self, thresholds=set_label_thresholds(self.thresholds, unknown_below))
        return replace(self, rejection=self.rejection.set_to(unknown_below))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; bytes become base64."""
        data = asdict(self)
        for vector in data["golden"]:
            vector["data"] = base64.b64encode(vector["data"]).decode()
        for name in ("learned", "dropped"):
            images = getattr(self, name)
            data[name] = images and images.to_base64()
        return data

    @classmethod
    def from_dict(cls, data: object) -> "Manifest":
        """Reads what `to_dict` wrote, in this schema or one before.

        Raises:
            ModelFileError: another schema version, or a field that is missing or not what is allowed.
        """
        try:
            fields = JsonFields(_current(data), "manifest")
            manifest = cls(**_fields_of(fields))
            fields.end()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = str(error).replace("manifest.", "")
            raise ModelFileError(f"manifest is damaged ({reason}): export the model again") from error
        return manifest


def _current(data: object) -> dict[str, Any]:
    """A manifest of any schema in today's."""
    if not isinstance(data, dict):
        raise ValueError(f"{type(data).__name__} in place of an object")  # noqa: TRY004  # wrong data, no bug
    schema = data.get("schema")
    if isinstance(schema, bool) or schema not in range(1, SCHEMA + 1):
        raise ModelFileError(
            f"manifest schema {schema!r}: this edgebreed reads 1 to {SCHEMA}; "
            "export the model again or install the edgebreed that wrote it"
        )
    return {**(_from_schema_1(data) if schema == 1 else data), "schema": SCHEMA}


def _from_schema_1(data: dict[str, Any]) -> dict[str, Any]:
    """Every model of the first schema was asked for dogs and people."""
    tuned = dict(data.get("tuned") or {})
    score = data["rejection"]["score"]
    renamed = RejectionScore.IN_DISTRIBUTION.value if score == "known" else score
    return {
        **data,
        "task": asdict(Task.of("dog", people=True)),
        "detector": {"name": "haar", "settings": tuned.pop("detector", {})},
        "tuned": tuned or None,
        "rejection": {**data["rejection"], "score": renamed},
        "golden": [_renamed(vector, "known", "in_distribution") for vector in data["golden"]],
    }


def _renamed(data: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in data.items()}


def _fields_of(fields: JsonFields) -> dict[str, Any]:
    return {**_identity(fields), **_measured(fields), **_origin(fields)}


def _identity(fields: JsonFields) -> dict[str, Any]:
    """What the model is, and what it is asked."""
    return {
        "schema": fields.whole("schema", SCHEMA, SCHEMA),
        "name": fields.text("name"),
        "arch": fields.text("arch"),
        "classes": fields.texts("classes", MAX_CLASSES, unique=True, allowed=OF_FOLDERS),
        "labels": fields.texts("labels", MAX_CLASSES),
        "input": _input(fields.part("input")),
        "precision": fields.choice("precision", Precision),
        "target": fields.optional("target", lambda key: fields.choice(key, Target)),
        "opset": fields.optional("opset", lambda key: fields.whole(key, 1, 1000)),
        "task": Task.from_dict(fields.part("task").data),
        "detector": _detector(fields.part("detector")),
        "rejection": Rejection.from_dict(fields.part("rejection").data),
        "thresholds": fields.numbers("thresholds", MAX_CLASSES, 0, 1) if fields.has("thresholds") else (),
    }


def _measured(fields: JsonFields) -> dict[str, Any]:
    """What was found out about it, and how to find it out again."""
    return {
        "accuracy": fields.optional("accuracy", lambda key: _accuracy(fields.part(key))),
        "calibration": fields.optional("calibration", lambda key: _calibration(fields.part(key))),
        "tolerance": fields.share("tolerance"),
        "golden": tuple(map(_golden, fields.parts("golden", MAX_GOLDEN))),
        "tuned": fields.optional("tuned", lambda key: _tuned(fields.part(key))),
        "float_layers": fields.texts("float_layers", MAX_CLASSES) if fields.has("float_layers") else (),
    }


def _origin(fields: JsonFields) -> dict[str, Any]:
    """Where it is from."""
    learned, dropped = (
        fields.optional(name, lambda key: LearnedImages(fields.base64(key, MAX_DIGESTS)))
        for name in ("learned", "dropped")
    )
    return {
        "source_sha256": fields.text("source_sha256"),
        "created": fields.text("created"),
        "tools": _tools(fields.part("tools")) if fields.has("tools") else {},
        "notice": fields.text("notice", LONG, default="", allowed="\n"),
        "learned": learned,
        "dropped": dropped,
        "imported": fields.optional("imported", lambda key: Imported.from_dict(fields.part(key).data)),
    }


def _input(fields: JsonFields) -> InputSpec:
    spec = InputSpec(
        fields.whole("height", 1, MAX_SIDE),
        fields.whole("width", 1, MAX_SIDE),
        fields.choice("resize", ResizeRule),
        # files from before the rule were trained on every pixel
        fields.choice("decode", DecodeRule) if fields.has("decode") else DecodeRule.FULL,
        fields.choice("interpolation", Interpolation) if fields.has("interpolation") else Interpolation.AUTO,
        fields.optional("resize_to", lambda key: fields.whole(key, 1, MAX_SIDE)),
        fields.whole("padding", 0, 255, default=LETTERBOX_GREY),
        fields.choice("rounding", Rounding) if fields.has("rounding") else Rounding.NEAREST,
        fields.optional("jpeg_quality", lambda key: fields.whole(key, 1, 100)),
        fields.flag("grey", default=False),
    )
    fields.end()
    return spec


def _detector(fields: JsonFields) -> DetectorConfig:
    settings = fields.part("settings")
    config = DetectorConfig(
        fields.text("name"), {key: settings.scalar(key) for key in settings.keys(MANY_KEYS)}
    )
    check_settings(config.name, config.settings)
    fields.end()
    return config


def _accuracy(fields: JsonFields) -> Accuracy:
    accuracy = Accuracy(
        fields.text("photos"),
        fields.whole("n", 0, MANY),
        fields.share("top1"),
        fields.share("float_top1"),
        fields.optional("mean_average_precision", fields.share),
        fields.optional("float_mean_average_precision", fields.share),
    )
    fields.end()
    return accuracy


def _calibration(fields: JsonFields) -> Calibration:
    calibration = Calibration(fields.text("photos"), fields.whole("n", 0, MANY), fields.text("sha256"))
    fields.end()
    return calibration


def _tools(fields: JsonFields) -> dict[str, str]:
    return {key: fields.text(key) for key in fields.keys(MANY_KEYS)}


def _tuned(fields: JsonFields) -> Tuned:
    baselines = fields.part("by_baseline")
    height, width = fields.wholes("frame", 2, 1, MAX_FRAME)
    tuned = Tuned(
        machine=fields.text("machine"),
        engine=fields.text("engine"),
        threads=fields.whole("threads", 0, MAX_THREADS),
        p50_ms=fields.number("p50_ms", 0, MANY),
        samples=fields.whole("samples", 0, MANY),
        frame=(height, width),
        by_baseline={key: baselines.number(key, 0, MANY) for key in baselines.keys(MANY_KEYS)},
        top1=fields.optional("top1", fields.share),
        drop_points=fields.optional("drop_points", lambda key: fields.number(key, -100, 100)),
        n=fields.whole("n", 0, MANY),
    )
    fields.end()
    return tuned


def _golden(fields: JsonFields) -> GoldenVector:
    vector = GoldenVector(
        name=fields.text("name"),
        data=fields.base64("data", MAX_GOLDEN_BYTES),
        probabilities=fields.numbers("probabilities", MAX_CLASSES, *PROBABILITY),
        in_distribution=fields.optional("in_distribution", lambda key: fields.number(key, *PROBABILITY)),
    )
    fields.end()
    return vector
