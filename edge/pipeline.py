"""From an image to its answer: the one path that `predict`, `stream` and `bench` all run."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.boxes import Box
from edgebreed.edge.decision import are_known, decide, present_labels, top_predictions
from edgebreed.edge.detectors import FACE, Detector, NoDetector, open_detector
from edgebreed.edge.engines import Engine, EngineOptions, ModelOutputs, load_engine
from edgebreed.edge.formats import read_model
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import Encoded, Frame
from edgebreed.edge.manifest import PROBABILITY, Manifest
from edgebreed.edge.prediction import Kind, Result
from edgebreed.edge.preprocess import empty_batch, to_input
from edgebreed.edge.source_image import Image, SourceImage
from edgebreed.errors import EngineError, InputError, ModelFileError
from edgebreed.str_enum import StrEnum

SHIPPED_MODEL = Path(__file__).parent / "models" / "dogs64.onnx"


class FaceSearch(StrEnum):
    """When faces are searched; a model that does not answer people never searches any."""

    AUTO = "auto"  # where the network did not recognise one of its classes
    ALWAYS = "always"
    NEVER = "never"  # nobody is then answered as a person


class Stopwatch:
    """Times named stages, in ms; a stage that runs twice adds up."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what runs inside."""
        start = time.perf_counter_ns()
        yield
        self.ms[name] = self.ms.get(name, 0.0) + (time.perf_counter_ns() - start) / 1e6


class Pipeline:
    """Classifies images, searches faces where the answer needs it, and decides.

    Several threads may share one pipeline: engines and detectors that hold state keep it per thread or behind
    a lock of their own. It is a context manager; `close` lets go of the model.

    Args:
        engine: runs the model.
        manifest: what the model says of itself.
        detector: finds faces; None finds none.
        faces: when they are searched: a `FaceSearch` or its text.
        limits: what image files are refused for.

    Raises:
        InputError: `faces` is none of these.
    """

    def __init__(
        self,
        engine: Engine,
        manifest: Manifest,
        detector: Detector | None = None,
        faces: FaceSearch | str = FaceSearch.AUTO,
        limits: ImageLimits = DEFAULT_LIMITS,
    ) -> None:
        self._engine: Engine | None = engine
        self.manifest, self.limits = manifest, limits
        self.detector = detector or NoDetector()
        self.faces = _face_search(faces) if manifest.task.people else FaceSearch.NEVER

    @classmethod
    def open(
        cls,
        model: Path | str | None = None,
        options: EngineOptions | None = None,
        faces: FaceSearch | str = FaceSearch.AUTO,
        unknown_below: float | str | None = None,
        limits: ImageLimits = DEFAULT_LIMITS,
    ) -> "Pipeline":
        """Opens a model file, or the one that ships with edgebreed.

        Args:
            model: the file.
            options: the engine, and how it runs.
            faces: when faces are searched: a `FaceSearch` or its text.
            unknown_below: a threshold in 0..1 in place of the model's own, or `off`.
            limits: what image files are refused for.

        Raises:
            ModelFileError: the file has no manifest, or is damaged.
            EngineError: no engine on this machine runs it.
            InputError: no such file, or `faces` or `unknown_below` does not fit the model.
        """
        path = Path(model) if model is not None else SHIPPED_MODEL
        file, faces = read_model(path), _face_search(faces)
        manifest = file.manifest.with_threshold(unknown_below)
        if faces is FaceSearch.ALWAYS and not manifest.task.people:
            raise InputError(f"{manifest.name} does not answer people: leave --faces always out")
        searches = manifest.task.people and faces is not FaceSearch.NEVER
        detector = _detector(path, manifest) if searches else NoDetector()
        return cls(load_engine(file, options), manifest, detector, faces, limits)

    @property
    def engine(self) -> Engine:
        """What runs the model.

        Raises:
            EngineError: the pipeline was closed.
        """
        if self._engine is None:
            raise EngineError(f"the pipeline of {self.manifest.name} is closed: open it again")
        return self._engine

    def process(self, image: Image, source: str = "", watch: Stopwatch | None = None) -> Result:
        """Answers one image.

        Args:
            image: a frame `(H, W, 3) uint8 BGR`, an encoded image in bytes, or a path.
            source: what to call it in the result; a path's own text if left empty.
            watch: holds the times of stages that came before.

        Raises:
            ImageError: it is no image, or the frame is of another shape or type.
            InputError: the file cannot be read.
            EngineError: the engine failed on it.
        """
        watch = watch or Stopwatch()
        return self._answer(self._loaded(image, watch), source or _name_of(image), watch)

    def process_many(self, images: Iterable[Image], batch: int = 1) -> Iterator[Result]:
        """Answers images one after another, in their order, so many in one inference.

        Raises:
            InputError: `batch` is below 1, or `images` is a single one.
            ImageError, EngineError: as `process`; the batches before are answered.
        """
        if batch < 1:
            raise InputError(f"a batch of {batch} images: give 1 or more")
        _refuse_single(images, "process_many")
        return self._process_in_batches(iter(images), batch)

    def _process_in_batches(self, images: Iterator[Image], batch: int) -> Iterator[Result]:
        while chunk := list(islice(images, batch)):
            yield from self.process_batch(chunk)

    def process_batch(self, images: Sequence[Image], sources: Sequence[str] = ()) -> list[Result]:
        """Answers several images with one inference.

        Args:
            images: as `process` takes them.
            sources: what to call them; paths' own text if left empty.

        Returns:
            A result each, in their order. Its `stages_ms` are its share of the batch's.

        Raises:
            InputError: `sources` are not as many as the images, or `images` is a single one.
            ImageError, EngineError: as `process`, of the first image that is at fault.
        """
        _refuse_single(images, "process_batch")
        if sources and len(sources) != len(images):
            raise InputError(f"{len(sources)} sources for {len(images)} images: give one each, or none")
        if len(images) == 0:  # also of an array (N, H, W, 3), which has no truth value
            return []
        watch = Stopwatch()
        loaded = [self._loaded(image, watch) for image in images]
        outputs = self._infer([image.pixels for image in loaded], watch)
        names = sources or [_name_of(image) for image in images]
        results = [
            self._decide(outputs.rows(row, row + 1), image, name, watch)
            for row, (image, name) in enumerate(zip(loaded, names, strict=True))
        ]
        share = {stage: ms / len(images) for stage, ms in watch.ms.items()}
        return [replace(result, stages_ms=dict(share)) for result in results]

    def read_and_process(self, path: Path) -> tuple[SourceImage, Result]:
        """As `process` of a path, and hands out the image too, whose pixels can be drawn on."""
        watch = Stopwatch()
        image = self._loaded(path, watch)
        return image, self._answer(image, str(path), watch)

    def classify(self, frame: Frame, watch: Stopwatch) -> ModelOutputs:
        """The first stage: the model's outputs for a frame `(H, W, 3) uint8 BGR`, a batch of one."""
        return self._infer([frame], watch)

    def classify_together(self, frames: Sequence[Frame], watch: Stopwatch) -> ModelOutputs:
        """The same for several frames in one inference; the watch gets the time of all."""
        return self._infer(frames, watch)

    def needs_faces(self, outputs: ModelOutputs) -> bool:
        """Whether faces are to be searched in an image that the model gave these outputs for."""
        if self.faces is FaceSearch.AUTO:
            return not are_known(outputs, self.manifest.rejection)[0]
        return self.faces is FaceSearch.ALWAYS

    def find_faces(self, frame: Frame, watch: Stopwatch) -> tuple[Box, ...]:
        """The second stage, where it is needed: boxes in a frame `(H, W, 3) uint8 BGR`, largest first."""
        with watch.stage("detect"):
            return tuple(found.box for found in self.detector.detect(frame) if found.label == FACE)

    def conclude(
        self, outputs: ModelOutputs, faces: tuple[Box, ...] | None, source: str, watch: Stopwatch
    ) -> Result:
        """The last stage: the answer from a model's outputs for a batch of one.

        Args:
            outputs: of the model.
            faces: boxes in pixels of the frame; None where they were not searched.
            source: what to call the image in the result.
            watch: holds the times of the stages so far.
        """
        manifest = self.manifest
        if manifest.task.multi_label:
            return self._conclude_labels(outputs.probabilities[0], source, watch)
        with watch.stage("decision"):
            kind = decide(bool(are_known(outputs, manifest.rejection)[0]), faces)
            top = top_predictions(outputs.probabilities[0], manifest.labels)
            summary = manifest.task.summary(kind, top[0], searched=faces is not None)
        return Result(source, kind, top, summary, faces, dict(watch.ms))

    def _conclude_labels(self, probabilities: NDArray[np.float32], source: str, watch: Stopwatch) -> Result:
        """The answer of a multi-label model from one row `(classes,) float32`."""
        manifest = self.manifest
        with watch.stage("decision"):
            labels = present_labels(probabilities, manifest.labels, manifest.thresholds)
            top = top_predictions(probabilities, manifest.labels)
            summary = manifest.task.summary_of_labels(labels)
        kind = Kind.KNOWN if labels else Kind.UNKNOWN
        return Result(source, kind, top, summary, None, dict(watch.ms), labels)

    def close(self) -> None:
        """Lets go of the model; later images raise `EngineError`, those in other threads are finished."""
        self._engine = None

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, image: SourceImage, source: str, watch: Stopwatch) -> Result:
        return self._decide(self.classify(image.pixels, watch), image, source, watch)

    def _decide(self, outputs: ModelOutputs, image: SourceImage, source: str, watch: Stopwatch) -> Result:
        faces = self.find_faces(_whole(image, watch), watch) if self.needs_faces(outputs) else None
        return self.conclude(outputs, faces, source, watch)

    def _infer(self, frames: Sequence[Frame], watch: Stopwatch) -> ModelOutputs:
        with watch.stage("resize"):
            batch = empty_batch(len(frames), self.manifest.input)
            for row, frame in zip(batch, frames, strict=True):
                to_input(frame, self.manifest.input, row)
        with watch.stage("inference"):
            outputs = self.engine.run(batch)
        self._check(outputs, len(frames))
        return outputs

    def _check(self, outputs: ModelOutputs, images: int) -> None:
        """Refuses outputs that would become answers and are none, whatever engine they are from."""
        shape, manifest = outputs.probabilities.shape, self.manifest
        if shape != (images, len(manifest.labels)):
            raise EngineError(
                f"{manifest.name} has {len(manifest.labels)} classes and gave outputs of shape {shape} "
                f"for {images} images: export it again"
            )
        scores = (outputs.probabilities, outputs.in_distribution)
        if not all(np.isfinite(score).all() for score in scores if score is not None):
            raise EngineError(f"{manifest.name} gave probabilities that are no numbers: export it in fp32")
        least, most = PROBABILITY
        if not all((score >= least).all() and (score <= most).all() for score in scores if score is not None):
            raise EngineError(f"{manifest.name} gave probabilities outside of 0 to 1: export it again")

    def _loaded(self, image: Image, watch: Stopwatch) -> SourceImage:
        encoded = isinstance(image, str | Path | Encoded)
        with watch.stage("decode") if encoded else nullcontext():
            return SourceImage.load(image, self.manifest.input, self.limits)


def _whole(image: SourceImage, watch: Stopwatch) -> Frame:
    """All pixels of an image; decoding those that the network did not need is timed as decoding."""
    if image.encoded is None:
        return image.pixels
    with watch.stage("decode"):
        return image.whole


def _face_search(faces: FaceSearch | str) -> FaceSearch:
    try:
        return FaceSearch(faces)
    except ValueError as error:
        raise InputError(f"faces {faces!r}: give one of {', '.join(FaceSearch)}") from error


def _refuse_single(images: Iterable[Image], method: str) -> None:
    if isinstance(images, str | Path | Encoded):
        raise InputError(f"{method} takes several images: give a list of them, or call process")


def _name_of(image: Image) -> str:
    return str(image) if isinstance(image, str | Path) else ""


def _detector(path: Path, manifest: Manifest) -> Detector:
    try:
        return open_detector(manifest.detector.name, manifest.detector.settings)
    except InputError as error:
        raise ModelFileError(f"{path}: {error}: run `edgebreed tune` or `edgebreed export` again") from error
