"""What is measured: a model file in an engine, as the command line names them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from edgebreed.benchmarks.samples import Stages
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.engines.registry import engines_for, known_engine
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import SHIPPED_MODEL, FaceSearch, Pipeline
from edgebreed.edge.prediction import Result
from edgebreed.errors import EngineError


@dataclass(frozen=True)
class Subject:
    """A model that was opened.

    Attributes:
        path: the model file.
        options: how it was asked to run.
        pipeline: the runtime's own path.
    """

    path: Path
    options: EngineOptions
    pipeline: Pipeline

    @classmethod
    def open(cls, path: Path | None, options: EngineOptions, faces: FaceSearch = FaceSearch.AUTO) -> Self:
        """Opens a model file, or the one that ships with edgebreed."""
        return cls(path or SHIPPED_MODEL, options, Pipeline.open(path, options, faces))

    @property
    def name(self) -> str:
        """Model, precision and engine: what tells it apart from the others of a run."""
        manifest = self.pipeline.manifest
        return f"{manifest.name} {manifest.precision} in {self.pipeline.engine.name}"

    def answer(self, photo: Path) -> Stages:
        """Answers a photo as `predict` does and returns the stages in ms."""
        return self.stages(self.pipeline.process(photo))

    def answer_frame(self, frame: Frame) -> Stages:
        """Answers a frame `(H, W, 3) uint8 BGR` as `stream` does and returns the stages in ms."""
        return self.stages(self.pipeline.process(frame))

    def stages(self, result: Result) -> Stages:
        """A result's stages; where the engine copies to a device and back, those copies stand apart."""
        return split_inference(result.stages_ms, getattr(self.pipeline.engine, "copies_ms", {}))

    def describe(self) -> dict[str, Any]:
        """The model as a result file names it."""
        manifest, accuracy = self.pipeline.manifest, self.pipeline.manifest.accuracy
        return {
            "name": manifest.name,
            "file": self.path.name,
            "bytes": self.path.stat().st_size,
            "arch": manifest.arch,
            "precision": manifest.precision.value,
            "input": [manifest.input.height, manifest.input.width],
            "top1": accuracy and accuracy.top1,
            "top1_photos": accuracy and accuracy.n,
        }


def split_inference(stages: Stages, copies: Stages) -> Stages:
    """Takes the copies out of `inference` and sets them beside it, in the order in which they happen."""
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


def open_subjects(
    models: Sequence[Path | None],
    engines: Sequence[str],
    options: EngineOptions,
    faces: FaceSearch = FaceSearch.AUTO,
) -> list[Subject]:
    """Opens each model in each of the engines that run its kind of file.

    A model that none of the engines runs is opened in the one that does: TFLite files have LiteRT alone.

    Raises:
        EngineError: an engine runs none of the models, or is not on this machine.
    """
    subjects, engines = [], [known_engine(engine) for engine in engines]
    used: set[str] = set()
    for model in models:
        fitting = [engine for engine in engines if engine in (AUTO, *engines_for(model or SHIPPED_MODEL))]
        if len(models) == 1 and not fitting:
            fitting = list(engines[:1])  # its own error tells more than ours could
        used |= set(fitting)
        subjects += [
            Subject.open(model, replace(options, engine=engine), faces) for engine in fitting or [AUTO]
        ]
    for engine in engines:
        if engine not in used:
            raise EngineError(f"{engine} runs none of the models: give one of its kind, or leave it out")
    return subjects
