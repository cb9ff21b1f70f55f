"""Accuracy of any model on photos: a run, a `.keras`, an `.onnx` or a `.tflite` file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import AUTO, Engine, EngineOptions, ModelOutputs, load_engine
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import LearnedImages, Manifest
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.progress import track
from edgebreed.train import pixels
from edgebreed.train.corruptions import Corruption
from edgebreed.train.dataset import SPLITS, Photo, labels_of, read_dataset, read_labelled
from edgebreed.train.delivered import AnswerPolicy, Delivered, measure_delivered
from edgebreed.train.features import digest_of
from edgebreed.train.metrics import Metrics, measure
from edgebreed.train.run import MODEL, RunRecord, newest_run, read_photos, read_record

BATCH = 8
LEARNED_SPLITS = ("train", "valid")  # the head that is handed over has learned both


class Described(AnswerPolicy, Protocol):
    """What a manifest and a run's record both say of a model."""

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

    def with_threshold(self, unknown_below: float | str | None) -> Self:
        """The same with another threshold of 'unknown', or `off`; None changes nothing."""
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
    """A model and labelled images to measure it on, as they are or corrupted.

    Attributes:
        engine: runs the model.
        described: what the model says of itself.
        photos: labelled images, none of which the model has learned from, as far as that is known.
        left_out: how many others it has learned from.
        learned_known: whether the model says which images it has learned from.
    """

    engine: Engine
    described: Described
    photos: tuple[Photo, ...]
    left_out: int = 0
    learned_known: bool = True

    @classmethod
    def open(cls, root: Path, model: Path | None, split: str, options: EngineOptions | None = None) -> Self:
        """Opens both.

        Args:
            root: `root/<split>/<class>/*` or `root/<class>/*`.
            model: a run, or a `.keras`, `.onnx` or `.tflite` file; None takes the newest run.
            split: which images, where the folder has splits, or the run divided its images itself.
            options: engine for an exported file.

        Raises:
            InputError: the folder or the model is at fault, or the model has learned from every image.
        """
        model = model or newest_run()
        engine, described = open_model(model, options)
        split = SPLITS.get(split.lower(), split)
        if isinstance(described, RunRecord) and _divided_by_run(described, root):
            data = read_photos(_run_of(model), described)
            others = sum(len(data.splits[name]) for name in LEARNED_SPLITS if name != split)
            return cls(engine, described, data.photos(split), others)
        photos = read_labelled(root, described.classes, described.labels, split)
        learned = described.learned if isinstance(described, Manifest) else None
        if learned is None:
            return cls(engine, described, photos, learned_known=isinstance(described, RunRecord))
        new = _not_learned(photos, learned, root)
        return cls(engine, described, new, len(photos) - len(new))

    def with_threshold(self, unknown_below: float | str | None) -> Self:
        """The same with another threshold of 'unknown', or `off`; None changes nothing."""
        return replace(self, described=self.described.with_threshold(unknown_below))

    def outputs(self, title: str, change: Corruption = pixels.unchanged) -> ModelOutputs:
        """The model's outputs for the images after a change of each."""
        paths = [photo.path for photo in self.photos]
        return answer_all(self.engine, paths, self.described.input, title, change)

    def measure(self, outputs: ModelOutputs) -> Metrics:
        """Accuracy of outputs for the images, by the likeliest class."""
        return measure(outputs.probabilities, labels_of(self.photos), self.described.classes)

    def measure_delivered(self, outputs: ModelOutputs) -> Delivered:
        """Accuracy of outputs for the images as they are, as a user gets it."""
        return measure_delivered(outputs, self.photos, self.described)


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


def _not_learned(photos: tuple[Photo, ...], learned: LearnedImages, root: Path) -> tuple[Photo, ...]:
    new = tuple(photo for photo in photos if digest_of(photo.path) not in learned)
    if not new:
        raise InputError(
            f"the model has learned from all {len(photos)} of these images of {root}: "
            "give others, or another --split"
        )
    return new


def _divided_by_run(record: RunRecord, root: Path) -> bool:
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
