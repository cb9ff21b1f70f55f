"""Accuracy of any model on labelled images: a run, a `.keras`, an `.onnx` or a `.tflite` file."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import AUTO, Engine, EngineOptions, ModelOutputs, load_engine
from edgebreed.edge.formats import read_model
from edgebreed.edge.images import read_photo
from edgebreed.edge.manifest import LearnedImages, Manifest
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import ImageError, InputError
from edgebreed.progress import track
from edgebreed.train.dataset import LabelledImage, read_dataset, read_labelled
from edgebreed.train.delivered import Delivered
from edgebreed.train.dropped_images import is_dropped
from edgebreed.train.feature_cache import Digest, digest_of
from edgebreed.train.image_loader import Change, load_batches, unchanged
from edgebreed.train.label_table import LABEL_TABLE
from edgebreed.train.layout import SPLITS, read_layout
from edgebreed.train.measure_outputs import Metrics, delivered_of, measure_outputs
from edgebreed.train.multi_label_data import read_multi_label_images
from edgebreed.train.run_record import MODEL, RunRecord, newest_run, read_record, read_run_images

BATCH = 8


ModelDescription = Manifest | RunRecord
"""What an exported file or a run says of its model."""


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
    """A model, and labelled images to measure it on.

    Attributes:
        engine: runs the model.
        description: what the model says of itself.
        images: labelled images; none that the model has learned from, as far as that is known.
        left_out: how many others it has learned from.
        learned_unknown: why it is not known which images it has learned from; empty where it is known.
        undecodable: files that are no images, which are left out too.
        conflicting: byte-identical files in different classes, of which at most one label is right; left out
            too.
        dropped: how many others its training left out, so that they are not in its report either.
    """

    engine: Engine
    description: ModelDescription
    images: tuple[LabelledImage, ...]
    left_out: int = 0
    learned_unknown: str = ""
    undecodable: tuple[Path, ...] = ()
    conflicting: tuple[Path, ...] = ()
    dropped: int = 0

    @classmethod
    def open(
        cls,
        root: Path,
        model: Path | None,
        split: str,
        options: EngineOptions | None = None,
        negatives: Path | None = None,
        labels: Path | None = None,
    ) -> "Evaluation":
        """Opens a model and a folder of images.

        Args:
            root: `root/<split>/<class>/*` or `root/<class>/*`.
            model: a run, or a `.keras`, `.onnx` or `.tflite` file; None takes the newest run.
            split: which images, where the folder has splits; where it has none, `test` stands for the images
                that the model has not learned from.
            options: engine for an exported file.
            negatives: folder of images of none of the classes, which may lie beside the class folders.
            labels: CSV file of the images' labels, for a multi-label model; None takes `root/labels.csv`.

        Raises:
            InputError: the folder, the CSV file or the model is at fault, or no image is left to measure on.
        """
        model, digest = model or newest_run(), cache(digest_of)
        engine, description = open_model(model, options)
        split = SPLITS.get(split.lower(), split)
        table = _label_table(root, labels, model, description)
        if table is not None:
            images = read_multi_label_images(root, table, description.classes, description.labels, split)
        else:
            images = _read_images(root, model, description, split, negatives, digest)
        learned, unknown = _learned_by(model, description, digest)
        chosen = _choose(images, root, description, learned, digest)
        may_be_aside = not chosen.measured and description.learned is not None and table is None
        if may_be_aside and _splits_of(root) >= {split, "train"}:
            # no image of this split is of use, so that training set some aside for it
            images = read_labelled(root, description.classes, description.labels, "train")
            chosen = _choose(images, root, description, learned, digest)
        if not chosen.measured:
            raise InputError(
                f"none of the images of {root} can be measured: they do not decode, are in two classes, or "
                "were left out of the training; give others"
            )
        return cls(
            engine,
            description,
            chosen.measured,
            left_out=chosen.left_out,
            learned_unknown=unknown,
            undecodable=chosen.undecodable,
            conflicting=chosen.conflicting,
            dropped=chosen.dropped,
        )

    def with_threshold(self, unknown_below: float | str | None) -> "Evaluation":
        """A copy with another threshold of 'unknown', or `off`; None changes nothing."""
        return replace(self, description=self.description.with_threshold(unknown_below))

    def outputs(self, title: str, change: Change = unchanged) -> ModelOutputs:
        """The model's outputs for the images, each changed first; the title is of the progress bar."""
        paths = [image.path for image in self.images]
        return compute_outputs(self.engine, paths, self.description.input, title, change)

    def measure(self, outputs: ModelOutputs) -> Metrics:
        """Accuracy of outputs for the images: by the likeliest class, or of a multi-label model's labels."""
        return measure_outputs(outputs, self.images, self.description)

    def measure_delivered(self, outputs: ModelOutputs) -> Delivered | None:
        """Accuracy as a user gets it, of outputs for the unchanged images; None of a multi-label model."""
        return delivered_of(outputs, self.images, self.description)


def open_model(model: Path, options: EngineOptions | None = None) -> tuple[Engine, ModelDescription]:
    """Opens a run, a `.keras`, an `.onnx` or a `.tflite` file, with what it says of itself.

    Raises:
        InputError: it is none of these, or it is of Keras and an engine for exported files was named.
    """
    if model.is_dir() or model.suffix == ".keras":
        if options is not None and options.engine != AUTO:
            raise InputError(f"--engine {options.engine} is for exported files: {model} runs in Keras")
        record = read_record(_run_of(model))
        return KerasEngine(model / MODEL if model.is_dir() else model), record
    file = read_model(model)
    return load_engine(file, options), file.manifest


def compute_outputs(
    engine: Engine,
    paths: Sequence[Path],
    spec: InputSpec,
    title: str = "evaluate",
    change: Change = unchanged,
) -> ModelOutputs:
    """Runs a model on image files.

    Args:
        engine: runs the model.
        paths: the images.
        spec: the model's input.
        title: of the progress bar.
        change: done to each image first.

    Returns:
        A row for each image, in the order of `paths`.
    """
    batches = track(load_batches(paths, spec, BATCH, change), title, -(-len(paths) // BATCH))
    outputs = [engine.run(batch) for batch in batches]
    scores = [one.in_distribution for one in outputs if one.in_distribution is not None]
    return ModelOutputs(
        np.concatenate([output.probabilities for output in outputs]),
        np.concatenate(scores) if scores else None,
    )


def _label_table(root: Path, labels: Path | None, model: Path, description: ModelDescription) -> Path | None:
    """The CSV file of a multi-label model's images; None for any other model."""
    if not description.task.multi_label:
        if labels is not None:
            raise InputError(
                f"--labels {labels}: {model} answers each image with one class, so leave it out and give "
                "folders, one a class"
            )
        return None
    table = labels or root / LABEL_TABLE
    if not table.is_file():
        raise InputError(f"{model} is a multi-label model, and {table} is no file: pass --labels CSV")
    return table


def _run_of(model: Path) -> Path:
    return model if model.is_dir() else model.parent


class _Chosen(NamedTuple):
    """The images to measure on, and what of the others there is."""

    measured: tuple[LabelledImage, ...]
    left_out: int
    dropped: int
    conflicting: tuple[Path, ...]
    undecodable: tuple[Path, ...]


def _choose(
    images: tuple[LabelledImage, ...],
    root: Path,
    description: ModelDescription,
    learned: LearnedImages | None,
    digest: Digest,
) -> _Chosen:
    new = images if learned is None else _not_learned(images, learned, root, digest)
    kept = _not_dropped(new, description, digest)
    conflicting = _conflicting(kept, digest)
    single = tuple(image for image in kept if image.path not in conflicting)
    sound = decodable(single)
    return _Chosen(
        tuple(sound),
        left_out=len(images) - len(new),
        dropped=len(new) - len(kept),
        conflicting=tuple(conflicting),
        undecodable=tuple(image.path for image in single if image not in sound),
    )


def _splits_of(root: Path) -> set[str]:
    """The splits that a folder has folders of; none for an undivided one."""
    layout = read_layout(root)
    return set(layout.folders) if layout.divided else set()


def _read_images(
    root: Path,
    model: Path,
    description: ModelDescription,
    split: str,
    negatives: Path | None,
    digest: Digest,
) -> tuple[LabelledImage, ...]:
    """The images of a split; where the folder does not tell, those that the model has learned from too."""
    if root.is_dir() and split != "test" and not _splits_of(root):
        raise InputError(
            f"{root} has no split folders, so --split {split} names none of its images: leave --split out, "
            "and those that the model has not learned from are measured"
        )
    known = description.learned is not None
    if isinstance(description, RunRecord) and not known and _divided_by_run(description, root, split):
        data = read_run_images(_run_of(model), description, digest=digest)
        return tuple(dict.fromkeys((*data.learned, *data.images(split))))
    return read_labelled(root, description.classes, description.labels, split, known, negatives)


def _learned_by(
    model: Path, description: ModelDescription, digest: Digest
) -> tuple[LearnedImages | None, str]:
    """The images that a model has learned from, or else None and why that is not known."""
    if description.learned is not None:
        return description.learned, ""
    if isinstance(description, Manifest):
        return None, "the file does not say which images it has learned from"
    try:
        data = read_run_images(_run_of(model), description, digest=digest)
    except InputError as error:
        cause = str(error).partition(":")[0]  # what follows is a remedy for other commands
        return None, f"the run does not say which images it has learned from, and {cause}"
    return LearnedImages.of(digest(image.path) for image in data.learned), ""


def _divided_by_run(record: RunRecord, root: Path, split: str) -> bool:
    """Whether a folder is the run's own data set and lacks this split: the run set its images aside."""
    if not root.is_dir() or root.resolve() != Path(record.data):
        return False
    data = read_dataset(root)
    return not data.divided or not data.splits.get(split)


def _not_learned(
    images: tuple[LabelledImage, ...], learned: LearnedImages, root: Path, digest: Digest
) -> tuple[LabelledImage, ...]:
    new = tuple(image for image in images if digest(image.path) not in learned)
    if not new:
        raise InputError(
            f"the model has learned from all {len(images)} of these images of {root}: "
            "give others, or another --split"
        )
    return new


def _not_dropped(
    images: tuple[LabelledImage, ...], description: ModelDescription, digest: Digest
) -> tuple[LabelledImage, ...]:
    dropped = description.dropped
    if dropped is None:
        return images
    return tuple(image for image in images if not is_dropped(image, dropped, digest))


def _conflicting(images: tuple[LabelledImage, ...], digest: Digest) -> dict[Path, None]:
    labels: dict[str, set[tuple[int, ...]]] = defaultdict(set)
    for image in images:
        labels[digest(image.path)].add(image.shown)
    return dict.fromkeys(image.path for image in images if len(labels[digest(image.path)]) > 1)


def decodable(images: Sequence[LabelledImage]) -> dict[LabelledImage, None]:
    """The images that decode, in order, in a container that is quick to ask."""
    with ThreadPoolExecutor() as pool:
        decodes = list(pool.map(lambda image: _decodes(image.path), images))
    return dict.fromkeys(image for image, whole in zip(images, decodes, strict=True) if whole)


def _decodes(path: Path) -> bool:
    try:
        read_photo(path)
    except ImageError:
        return False
    return True
