"""The system under test (MLPerf's term): a model file that is open in an inference engine."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.engines.registry import engines_for, known_engine
from edgebreed.edge.formats import format_of
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import SHIPPED_MODEL, FaceSearch, Pipeline
from edgebreed.edge.prediction import Result
from edgebreed.errors import EngineError


@dataclass(frozen=True)
class ModelInfo:
    """A model file, as a result names it.

    Attributes:
        name: from its manifest.
        file: file name.
        bytes: size of the file.
        arch: architecture.
        precision: number format of the weights.
        input: height and width in px.
        top1: accuracy that the manifest states; None where it states none, and of multi-label models.
        top1_photos: number of images that it was measured on.
    """

    name: str
    file: str
    bytes: int
    arch: str
    precision: str
    input: tuple[int, int]
    top1: float | None
    top1_photos: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "input": list(self.input)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ModelInfo":
        """Reads what `to_dict` wrote."""
        height, width = data["input"]
        return cls(**{**data, "input": (height, width)})


@dataclass(frozen=True)
class SystemUnderTest:
    """A model that is open in an engine.

    Attributes:
        path: the model file.
        options: the engine that was asked for, and its settings.
        pipeline: the runtime's own pipeline, which users run.
    """

    path: Path
    options: EngineOptions
    pipeline: Pipeline

    @classmethod
    def open(
        cls,
        path: Path | None,
        options: EngineOptions,
        faces: FaceSearch = FaceSearch.AUTO,
        limits: ImageLimits = DEFAULT_LIMITS,
    ) -> "SystemUnderTest":
        """Opens a model file, or the model that ships with edgebreed."""
        return cls(path or SHIPPED_MODEL, options, Pipeline.open(path, options, faces, limits=limits))

    @property
    def name(self) -> str:
        """Model, precision and engine, which distinguish it from the other systems of a run."""
        manifest = self.pipeline.manifest
        return f"{manifest.name} {manifest.precision} in {self.pipeline.engine.name}"

    def process_file(self, image: Path) -> Stages:
        """Processes an image file as `edgebreed predict` does and returns the stages in ms."""
        return self.stages(self.pipeline.process(image))

    def process_frame(self, frame: Frame) -> Stages:
        """Processes a frame `(H, W, 3) uint8 BGR` as `edgebreed stream` does and returns the stages in ms."""
        return self.stages(self.pipeline.process(frame))

    def stages(self, result: Result) -> Stages:
        """The stages of a result in ms; copies to and from a device are stages of their own."""
        return separate_copies(result.stages_ms, getattr(self.pipeline.engine, "copies_ms", {}))

    def model_info(self) -> ModelInfo:
        """Describes the model for a result."""
        manifest = self.pipeline.manifest
        accuracy = None if manifest.task.multi_label else manifest.accuracy
        return ModelInfo(
            name=manifest.name,
            file=self.path.name,
            bytes=self.path.stat().st_size,
            arch=manifest.arch,
            precision=manifest.precision.value,
            input=(manifest.input.height, manifest.input.width),
            top1=accuracy.top1 if accuracy else None,
            top1_photos=accuracy.n if accuracy else None,
        )


def separate_copies(stages: Stages, copies: Stages) -> Stages:
    """Takes the copies to and from a device out of `inference` and lists them in the order they happen."""
    if not copies or "inference" not in stages:
        return stages
    before, after = copies["host-to-device"], copies["device-to-host"]
    parts = {
        "host-to-device": before,
        "inference": stages["inference"] - before - after,
        "device-to-host": after,
    }
    return {
        name: value
        for stage, whole in stages.items()
        for name, value in (parts if stage == "inference" else {stage: whole}).items()
    }


def open_systems(
    models: Sequence[Path | None],
    engines: Sequence[str],
    options: EngineOptions,
    faces: FaceSearch = FaceSearch.AUTO,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> list[SystemUnderTest]:
    """Opens each model in each of the engines that run its format.

    A model that none of the engines runs is opened in the engine that does: only LiteRT runs TFLite files.

    Raises:
        EngineError: an engine runs none of the models, or is not on this machine.
    """
    systems, engines = [], [known_engine(engine) for engine in engines]
    used: set[str] = set()
    for model in models:
        fitting = [
            engine for engine in engines if engine in (AUTO, *engines_for(format_of(model or SHIPPED_MODEL)))
        ]
        if len(models) == 1 and not fitting:
            fitting = list(engines[:1])  # opening it raises an error that says more than ours could
        used |= set(fitting)
        systems += [
            SystemUnderTest.open(model, replace(options, engine=engine), faces, limits)
            for engine in fitting or [AUTO]
        ]
    for engine in engines:
        if engine not in used:
            raise EngineError(f"{engine} runs none of the models: give one of its kind, or leave it out")
    return systems
