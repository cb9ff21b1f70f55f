"""A run: the folder that `train` writes, and that `export` and `evaluate` read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from edgebreed.edge.label_thresholds import set_label_thresholds
from edgebreed.edge.manifest import DetectorConfig, LearnedImages
from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.task import Rejection, Task
from edgebreed.errors import InputError
from edgebreed.train.config import History
from edgebreed.train.dataset import Dataset
from edgebreed.train.dataset_scan import digest_of_data
from edgebreed.train.delivered import Delivered
from edgebreed.train.feature_cache import Digest, digest_of
from edgebreed.train.label_table import LABEL_TABLE
from edgebreed.train.measure_outputs import Metrics
from edgebreed.train.multi_label_data import read_multi_label_run

_Reason = TypeVar("_Reason", bound=str)
RUNS = Path("runs")
RECORD = "run.json"
MODEL = "model.keras"
METRICS = "metrics.json"
SPLITS = "splits.json"
REPORT = "report.html"
HISTORY = "history.csv"
PLOTS = ("curves.png", "calibration.png", "confusion.png")
CHECKPOINT = "checkpoint.npz"
FILES = (RECORD, MODEL, METRICS, SPLITS, LABEL_TABLE, REPORT, HISTORY, *PLOTS, CHECKPOINT)
RESULT_SCHEMA = 1
DROPPED = {
    "excluded": "by --exclude",
    "undecodable": "that do not decode",
    "conflicting": "that are in two classes",
    "repeated": "that repeat an image of another split",
    "negatives": "negatives that look like a class",
    "negatives_repeated": "negatives that repeat another one",
    "negatives_undecodable": "negatives that do not decode",
}
"""Why images were left out, by the keys of `TrainResult.dropped`."""
MOST_PATHS = 100  # of files that were left out, for a reason; a folder may hold millions


@dataclass(frozen=True)
class RunRecord:
    """What a run was made with and what its model answers; the content of `run.json`.

    Attributes:
        arch: `scratch`, or the backbone in lower case.
        data: the data set's folder.
        seed: of everything random.
        classes: class names in the order of the outputs.
        labels: the same, as users read them.
        input: the input that the model takes.
        rejection: when to answer 'unknown'.
        task: what the model is asked.
        temperature: divided the logits; part of the model's last layer.
        created: ISO 8601 time.
        tools: package versions.
        config: what was asked for.
        data_sha256: digest over the names and contents of the images.
        learned: the images that the model learned from; None in runs that did not record them.
        dropped: the images of the data set that were left out; None in runs that did not record them.
        thresholds: of a multi-label model, the probability from which on an image shows a label, one a class.
    """

    arch: str
    data: str
    seed: int
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    input: InputSpec
    rejection: Rejection
    task: Task
    temperature: float
    created: str
    tools: dict[str, str]
    config: dict[str, Any] = field(default_factory=dict)
    data_sha256: str = ""
    learned: LearnedImages | None = None
    dropped: LearnedImages | None = None
    thresholds: tuple[float, ...] = ()

    @property
    def detector(self) -> DetectorConfig:
        """What finds faces, where people are answered."""
        return DetectorConfig("haar" if self.task.people else "none")

    def with_threshold(self, unknown_below: float | str | None) -> "RunRecord":
        """A copy with another threshold of 'unknown', or `off`; None changes nothing."""
        if self.task.multi_label:
            return replace(self, thresholds=set_label_thresholds(self.thresholds, unknown_below))
        return replace(self, rejection=self.rejection.set_to(unknown_below))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        images = {"learned": self.learned, "dropped": self.dropped}
        return {**asdict(self), **{name: one and one.to_base64() for name, one in images.items()}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "RunRecord":
        """Reads what `to_dict` wrote."""
        learned, dropped = data.get("learned"), data.get("dropped")
        return cls(
            **{
                **data,
                "classes": tuple(data["classes"]),
                "labels": tuple(data["labels"]),
                "input": _input(data["input"]),
                "rejection": Rejection.from_dict(data["rejection"]),
                "task": Task.from_dict(data["task"]),
                "learned": None if learned is None else LearnedImages.from_base64(learned),
                "dropped": None if dropped is None else LearnedImages.from_base64(dropped),
                "thresholds": tuple(data.get("thresholds", ())),
            }
        )


def _input(spec: dict[str, Any]) -> InputSpec:
    """The input of a run; one from before the decode rule was trained on every pixel."""
    rules = {
        "resize": ResizeRule(spec["resize"]),
        "decode": DecodeRule(spec.get("decode", DecodeRule.FULL)),
        "interpolation": Interpolation(spec.get("interpolation", Interpolation.AUTO)),
        "rounding": Rounding(spec.get("rounding", Rounding.NEAREST)),
    }
    return InputSpec(**{**spec, **rules})


@dataclass(frozen=True)
class TrainResult:
    """What training measured: printed by `edgebreed train --json`, and with histories in `metrics.json`.

    Attributes:
        run: the run's folder.
        arch: `scratch`, or the backbone in lower case.
        data: the data set's folder, or `demo`.
        classes: number of classes.
        train_images: number of training images.
        test: accuracy on the test images: by the likeliest class, or of the labels of a multi-label model.
        delivered: accuracy on the test images, as a user gets it; in JSON a part of `test`; None of a
            multi-label model.
        seconds: by step.
        trainable_parameters: number of parameters that were fitted.
        temperature: divided the logits.
        fine_tune_passes: number of passes of the fine-tuning.
        interrupted: a signal ended a fit on images, which can be resumed.
        dropped: number of images that were left out, by reason.
        dropped_files: the first of these images, by reason.
        left_out: the first files of the folder that are not read as images, by reason.
        left_out_counts: how many such files there are, by reason.
        in_sub_folders: number of images deeper than in their class folder.
        set_aside: number of images of `train` that became a split that the folder lacks, by split.
        left_out_negatives: negatives that look like one of the classes.
        rejection: when to answer 'unknown'.
        unknown: the same in a line of text, with the reason where it is never answered.
        thresholds_reason: why some thresholds of a multi-label model were not measured; empty where all were.
        history: loss and accuracy by epoch.
        fine_tune_history: loss and accuracy by pass of the fine-tuning.
        schema: version of this record; it grows when a key changes its meaning or goes.
    """

    run: str
    arch: str
    data: str
    classes: int
    train_images: int
    test: Metrics
    delivered: Delivered | None
    seconds: dict[str, float]
    trainable_parameters: int
    temperature: float
    fine_tune_passes: int
    interrupted: bool
    dropped: dict[str, int]
    rejection: Rejection
    unknown: str
    thresholds_reason: str = ""
    left_out_negatives: tuple[str, ...] = ()
    dropped_files: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    left_out_counts: dict[str, int] = field(default_factory=dict)
    in_sub_folders: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    history: History = field(default_factory=dict)
    fine_tune_history: History = field(default_factory=dict)
    schema: int = RESULT_SCHEMA

    def describe_dropped(self) -> str:
        """What was left out, in a line of text."""
        counts = ((count, DROPPED.get(reason, reason)) for reason, count in self.dropped.items())
        return ", ".join(f"{count} {reason}" for count, reason in counts if count) or "nothing"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, as `metrics.json` holds them."""
        data = asdict(self)
        delivered = data.pop("delivered")
        return data if delivered is None else {**data, "test": {**data["test"], "delivered": delivered}}

    def to_summary(self) -> dict[str, Any]:
        """The same without the histories."""
        return {name: value for name, value in self.to_dict().items() if not name.endswith("history")}


def capped(files: Mapping[_Reason, Sequence[Path]]) -> dict[str, list[str]]:
    """The first files that were left out, by reason, as JSON holds them; no reason without a file."""
    return {
        str(reason): [str(path) for path in paths[:MOST_PATHS]] for reason, paths in files.items() if paths
    }


def read_record(run: Path) -> RunRecord:
    """The record of a run.

    Raises:
        InputError: the folder is no run.
    """
    path = run / RECORD
    if not path.is_file():
        raise InputError(f"{run} is no run (no {RECORD}): make one with `edgebreed train`")
    try:
        return RunRecord.from_dict(json.loads(path.read_text()))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged ({error}): train again") from error


def read_run_images(
    run: Path, record: RunRecord, root: Path | None = None, digest: Digest = digest_of
) -> Dataset:
    """The images of a run, in the splits that it was made with.

    Args:
        run: the run.
        record: its record.
        root: where the data set is now; None where it was.
        digest: SHA-256 of a file in hexadecimal; callers that need digests too may pass one that caches them.

    Raises:
        InputError: the data set is gone or has changed, or `root` holds another one.
    """
    folder = root or Path(record.data)
    if not folder.is_dir():
        raise InputError(
            f"the run's data set {folder} is gone: pass --data DIR to `edgebreed export`, with the same data "
            "set in another place, or bring it back"
        )
    data = _read_splits(run, record, folder)
    if record.data_sha256:
        _check_unchanged(data, record, digest)
    return data


def _read_splits(run: Path, record: RunRecord, folder: Path) -> Dataset:
    """The images of a run in another file where they have several labels."""
    if record.task.multi_label:
        return read_multi_label_run(folder, run / LABEL_TABLE, record.classes)
    path = run / SPLITS
    try:
        return Dataset.from_dict(folder, record.classes, json.loads(path.read_text()))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is missing or damaged: train again") from error


def newest_run(root: Path = RUNS) -> Path:
    """The run that was finished last.

    Raises:
        InputError: there is none.
    """
    runs = sorted(root.glob(f"*/{RECORD}"), key=lambda path: path.stat().st_mtime)
    if not runs:
        raise InputError(f"no run under {root}/: make one with `edgebreed train`, or name a run or a model")
    return runs[-1].parent


def _check_unchanged(data: Dataset, record: RunRecord, digest: Digest) -> None:
    digests = {image.path: digest(image.path) for image in data.all_images}
    if digest_of_data(data, digests) != record.data_sha256:
        raise InputError(
            f"the images of {data.root} are not those that the run was made with: "
            f"{_difference(data, record, digests)}; bring them back, pass --data DIR with the same data set, "
            "or train again"
        )


def _difference(data: Dataset, record: RunRecord, digests: dict[Path, str]) -> str:
    if record.learned is None:
        return "some have another content"
    other = [image for image in data.learned if digests[image.path] not in record.learned]
    if not other:
        return "test images have another content, or images have changed places"
    first = data.name_of(other[0])
    return (
        f"{len(other)} of the {len(data.learned)} that it learned have another content, the first is {first}"
    )
