"""The one path of a frame, which `predict`, `stream` and `bench` all run."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from edgebreed.edge.boxes import Box
from edgebreed.edge.decision import decide, top_guesses
from edgebreed.edge.engines import Answers, Engine, EngineOptions, load_engine
from edgebreed.edge.haar import Detector, HaarDetector, HaarSettings
from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.model_file import read_manifest
from edgebreed.edge.preprocess import to_input
from edgebreed.edge.result import Result
from edgebreed.errors import ModelFileError

SHIPPED_MODEL = Path(__file__).parent / "models" / "dogs64.onnx"


class Stopwatch:
    """Times named stages, in ms."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what runs inside."""
        start = time.perf_counter_ns()
        yield
        self.ms[name] = (time.perf_counter_ns() - start) / 1e6


class Pipeline:
    """Finds faces, names the breed, decides dog, human or neither.

    Args:
        engine: runs the model.
        manifest: what the model says of itself.
        detector: finds faces.
    """

    def __init__(self, engine: Engine, manifest: Manifest, detector: Detector) -> None:
        self.engine = engine
        self.manifest = manifest
        self.detector = detector

    @classmethod
    def open(cls, model: Path | None = None, options: EngineOptions | None = None) -> Self:
        """Opens a model file, or the one that ships with edgebreed.

        Faces are searched with the settings that `edgebreed tune` put into the file, if it did.

        Raises:
            ModelFileError: the file has no manifest, or is damaged.
            EngineError: no engine on this machine runs it.
        """
        path = model or SHIPPED_MODEL
        manifest = read_manifest(path)
        detector = HaarDetector(_settings(path, manifest))
        return cls(load_engine(path, manifest, options), manifest, detector)

    def process(self, frame: Frame, source: str = "", watch: Stopwatch | None = None) -> Result:
        """Answers a frame.

        Args:
            frame: `(H, W, 3) uint8 BGR`.
            source: what to call it in the result.
            watch: holds the stages that came before, such as decoding.
        """
        watch = watch or Stopwatch()
        faces = self.detect(frame, watch)
        return self.decide(self.classify(frame, watch), faces, source, watch)

    def detect(self, frame: Frame, watch: Stopwatch) -> list[Box]:
        """The first stage: faces in a frame `(H, W, 3) uint8 BGR`."""
        with watch.stage("detect"):
            return self.detector.detect(frame)

    def classify(self, frame: Frame, watch: Stopwatch) -> Answers:
        """The second stage: the model's answers to a frame `(H, W, 3) uint8 BGR`, a batch of one."""
        with watch.stage("resize"):
            batch = to_input(frame, self.manifest.input)[None]
        with watch.stage("inference"):
            return self.engine.run(batch)

    def decide(self, outputs: Answers, faces: Sequence[Box], source: str, watch: Stopwatch) -> Result:
        """The last stage: dog, human or neither, from what the first two found."""
        with watch.stage("decision"):
            kind = decide(outputs, faces, self.manifest)
            top = top_guesses(outputs.probabilities[0], self.manifest.labels)
        return Result(source, kind, top, tuple(faces), watch.ms)

    def process_photo(self, path: Path) -> Result:
        """Reads, decodes and answers a photo.

        Raises:
            InputError: the file cannot be read.
            ImageError: it is no image.
        """
        return self.read_and_process(path)[1]

    def read_and_process(self, path: Path) -> tuple[Frame, Result]:
        """As `process_photo`, and hands out the pixels too, `(H, W, 3) uint8 BGR`, for drawing."""
        watch = Stopwatch()
        with watch.stage("decode"):
            frame = read_photo(path)
        return frame, self.process(frame, str(path), watch)


def _settings(path: Path, manifest: Manifest) -> HaarSettings:
    if manifest.tuned is None:
        return HaarSettings()
    try:
        return HaarSettings(**manifest.tuned.detector)  # type: ignore[arg-type]  # JSON keeps int and bool
    except (TypeError, ValueError) as error:
        raise ModelFileError(
            f"{path}: its tuned face search is of another edgebreed ({error}): run `edgebreed tune` again"
        ) from error
