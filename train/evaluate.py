"""Accuracy of any model on photos: a run, a `.keras`, an `.onnx` or a `.tflite` file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import AUTO, Engine, EngineOptions, ModelOutputs, load_engine
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.progress import track
from edgebreed.train import pixels
from edgebreed.train.corruptions import Corruption
from edgebreed.train.dataset import SPLITS, Photo, labels_of, read_dataset, read_labelled
from edgebreed.train.metrics import Metrics, measure
from edgebreed.train.run import MODEL, RunRecord, newest_run, read_photos, read_record

BATCH = 8


class Described(Protocol):
    """What a manifest and a run's record both tell of a model."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the outputs."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """The same, as people read them."""
        ...

    @property
    def input(self) -> InputSpec:
        """The input that the model takes."""
        ...


@dataclass
class KerasEngine:
    """Runs a `.keras` model behind the runtime's protocol, to measure it; devices never load one."""

    path: Path
    name: str = "keras"

    def __post_init__(self) -> None:
        from edgebreed.train.keras_setup import keras

        try:
            self.model = keras.models.load_model(self.path, compile=False)
        except (ValueError, OSError) as error:
            raise InputError(
                f"{self.path} does not load as a Keras model: {str(error).splitlines()[0]}"
            ) from error

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`."""
        outputs = self.model.predict_on_batch(batch)
        scores = outputs.get("in_distribution")
        return ModelOutputs(
            np.asarray(outputs["probabilities"]), None if scores is None else np.asarray(scores)[:, 0]
        )


@dataclass(frozen=True)
class Evaluation:
    """A model and labelled photos to measure it on, as they are or corrupted.

    Attributes:
        engine: runs the model.
        described: what the model says of itself.
        photos: labelled photos.
    """

    engine: Engine
    described: Described
    photos: tuple[Photo, ...]

    @classmethod
    def open(cls, root: Path, model: Path | None, split: str, options: EngineOptions | None = None) -> Self:
        """Opens both.

        Args:
            root: `root/<split>/<class>/*` or `root/<class>/*`.
            model: a run, or a `.keras`, `.onnx` or `.tflite` file; None takes the newest run.
            split: which photos, where the folder has splits, or the run dealt its photos out itself.
            options: engine for an exported file.

        Raises:
            InputError: the folder or the model is at fault.
        """
        model = model or newest_run()
        engine, described = open_model(model, options)
        split = SPLITS.get(split.lower(), split)
        if isinstance(described, RunRecord) and _dealt_out(described, root):
            photos = read_photos(_run_of(model), described).photos(split)
        else:
            photos = read_labelled(root, described.classes, described.labels, split)
        return cls(engine, described, photos)

    def measure(self, title: str, change: Corruption = pixels.unchanged) -> Metrics:
        """Accuracy on the photos after a change of each."""
        paths = [photo.path for photo in self.photos]
        outputs = answer_all(self.engine, paths, self.described.input, title, change)
        return measure(outputs.probabilities, labels_of(self.photos), self.described.classes)


def open_model(model: Path, options: EngineOptions | None = None) -> tuple[Engine, Described]:
    """Opens a run, a `.keras`, an `.onnx` or a `.tflite` file, with what it says of itself.

    Raises:
        InputError: it is none of these, or Keras's and an engine of exported files was named.
    """
    if model.is_dir() or model.suffix == ".keras":
        if options is not None and options.engine != AUTO:
            raise InputError(f"--engine {options.engine} is for exported files: {model} runs in Keras")
        record = read_record(_run_of(model))
        return KerasEngine(model / MODEL if model.is_dir() else model), record
    manifest = read_manifest(model)
    return load_engine(model, manifest, options), manifest


def _run_of(model: Path) -> Path:
    return model if model.is_dir() else model.parent


def _dealt_out(record: RunRecord, root: Path) -> bool:
    """Whether a folder is the run's own data set, and came in one piece: most of it was learnt."""
    return root.is_dir() and root.resolve() == Path(record.data) and not read_dataset(root).divided


def answer_all(
    engine: Engine,
    paths: Sequence[Path],
    spec: InputSpec,
    title: str = "evaluate",
    change: Corruption = pixels.unchanged,
) -> ModelOutputs:
    """Answers to photos, in the order of `paths`, each changed first."""
    chunks = track(pixels.batches(paths, spec, BATCH, change), title, -(-len(paths) // BATCH))
    outputs = [engine.run(chunk) for chunk in chunks]
    scores = [one.in_distribution for one in outputs if one.in_distribution is not None]
    return ModelOutputs(
        np.concatenate([output.probabilities for output in outputs]),
        np.concatenate(scores) if scores else None,
    )
