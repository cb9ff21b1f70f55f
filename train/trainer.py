"""`edgebreed train`: from a folder of photos to a run."""

import csv
import datetime
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.edge.images import find_photos
from edgebreed.errors import DatasetError, InputError
from edgebreed.machine import versions
from edgebreed.train.calibration import FOLDS
from edgebreed.train.checkpoint import forget
from edgebreed.train.config import Arch, Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, labels_of, read_dataset
from edgebreed.train.demo import write_demo
from edgebreed.train.features import FeatureCache
from edgebreed.train.keras_setup import keras
from edgebreed.train.metrics import confusion, measure
from edgebreed.train.plots import save_calibration, save_confusion, save_curves
from edgebreed.train.report import Answered, write_report
from edgebreed.train.run import METRICS, MODEL, RECORD, REPORT, SPLITS, RunRecord
from edgebreed.train.scratch import fit_scratch
from edgebreed.train.split import split
from edgebreed.train.survey import digest_of_data, survey
from edgebreed.train.transfer import fit_transfer

TOOLS = ("edgebreed", "keras", "tensorflow", "tensorflow-cpu", "openvino", "numpy", "opencv-python")


def train(config: TrainConfig) -> dict[str, Any]:
    """Fits, evaluates, and writes the run.

    Returns:
        What `edgebreed train --json` prints.
    """
    keras.utils.set_random_seed(config.seed)
    labels = _read_names(config.names)
    _check_negatives(config.negatives)
    prepared = prepare(config)
    data = prepared.data
    fitted = (fit_transfer if config.arch is Arch.XCEPTION else fit_scratch)(config, data, prepared.sha256)
    result = {**_result(config, data, fitted), "dropped": prepared.dropped}
    record = RunRecord(
        arch=config.network,
        data=str(data.root.resolve()),
        seed=config.seed,
        classes=data.classes,
        labels=tuple(labels.get(name, name) for name in data.classes),
        input=config.spec,
        rejection=fitted.rejection,
        temperature=fitted.temperature,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        tools=versions(TOOLS),
        config=config.to_dict(),
        data_sha256=prepared.sha256,
    )
    _write(config.out, record, data, fitted, result)
    if not fitted.interrupted:
        forget(config.out)
    return result


@dataclass(frozen=True)
class Prepared:
    """A data set that can be learnt from.

    Attributes:
        data: the photos by split.
        dropped: how many were left out, by reason.
        sha256: digest over the photos that are left.
    """

    data: Dataset
    dropped: dict[str, int]
    sha256: str


def prepare(config: TrainConfig) -> Prepared:
    """Reads the data set, leaves out what must not be learnt, and splits it if it comes in one piece.

    Raises:
        DatasetError: a class has no training photo left.
    """
    data = _read_data(config)
    found = survey(data, FeatureCache(config.cache))
    broken = set(found.undecodable)
    repeated: set[Path] = set()
    if not data.divided:
        data = split(data.keep(lambda photo: photo.path not in broken), found.near.members, config.seed)
    elif not config.keep_duplicates:
        repeated = found.repeated()
    kept = data.keep(lambda photo: photo.path not in broken | repeated)
    dropped = {"undecodable": len(broken), "repeated": len(repeated)}
    _check_classes(kept)
    return Prepared(kept, dropped, digest_of_data(kept, found.digests))


def _check_classes(data: Dataset) -> None:
    learnt = set(labels_of(data.photos("train")))
    empty = [name for label, name in enumerate(data.classes) if label not in learnt]
    if empty:
        raise DatasetError(
            f"class {empty[0]} of {data.root} has no training photo left, as they are broken, excluded "
            "or repeat photos of other splits: add some, or remove the folder"
        )


def _check_negatives(folder: Path | None) -> None:
    count = FOLDS if folder is None else len(find_photos([folder]))
    if count < FOLDS:
        raise InputError(
            f"--negatives {folder} holds {count} photos: the threshold of 'neither' takes {FOLDS} or more"
        )


def _read_data(config: TrainConfig) -> Dataset:
    if config.data is not None:
        data = read_dataset(config.data)
        return data.without(read_list(config.exclude)) if config.exclude else data
    folder = config.out / "demo-data"
    shutil.rmtree(folder, ignore_errors=True)
    return read_dataset(write_demo(folder, config.seed))


def _read_names(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        names = json.loads(path.read_text())
        return {str(folder): str(shown) for folder, shown in names.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(
            f'{path} is no list of names ({error}): give JSON such as {{"Pug": "Pug"}}'
        ) from error


def read_list(path: Path) -> set[str]:
    """Photos to leave out: the first column of each line that is no comment.

    Raises:
        InputError: the list cannot be read.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise InputError(f"cannot read --exclude {path}: {error.strerror}") from error
    return {line.split("\t")[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def _result(config: TrainConfig, data: Dataset, fitted: Fitted) -> dict[str, Any]:
    measured = measure(fitted.test, labels_of(data.photos("test")), data.classes)
    return {
        "run": str(config.out),
        "arch": config.network,
        "data": str(config.data or "demo"),
        "classes": len(data.classes),
        "train_images": len(data.photos("train")),
        "test": measured.to_dict(),
        "seconds": fitted.seconds,
        "trainable_parameters": fitted.trainable,
        "temperature": fitted.temperature,
        "fine_tune_passes": len(fitted.fine_tune_history.get("loss", ())),
        "interrupted": fitted.interrupted,
        "rejection": {**fitted.rejection.__dict__, "score": fitted.rejection.score.value},
    }


def _write(out: Path, record: RunRecord, data: Dataset, fitted: Fitted, result: dict[str, Any]) -> None:
    """Writes the record last: a folder with a record is a whole run."""
    out.mkdir(parents=True, exist_ok=True)
    (out / RECORD).unlink(missing_ok=True)
    fitted.model.save(out / MODEL)
    histories = {"history": fitted.history, "fine_tune_history": fitted.fine_tune_history}
    (out / METRICS).write_text(json.dumps({**result, **histories}, indent=1))
    (out / SPLITS).write_text(json.dumps(data.to_dict(), indent=1))
    _write_history(out / "history.csv", fitted.history)
    _draw(out, record, data, fitted, result)
    (out / RECORD).write_text(json.dumps(record.to_dict(), indent=1))


def _write_history(path: Path, history: dict[str, list[float]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *history])
        writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*history.values(), strict=True), 1))


def _draw(out: Path, record: RunRecord, data: Dataset, fitted: Fitted, result: dict[str, Any]) -> None:
    photos = data.photos("test")
    labels = labels_of(photos)
    save_curves(fitted.history, out / "curves.png")
    save_calibration(fitted.test, labels, out / "calibration.png")
    save_confusion(confusion(fitted.test, labels), record.labels, out / "confusion.png")
    test, rejection = result["test"], result["rejection"]
    facts = {
        "data": f"{record.data}: {result['classes']} classes, {result['train_images']} training photos",
        "left out": ", ".join(f"{count} {reason}" for reason, count in result["dropped"].items()),
        "test top-1": f"{test['top1']:.2%} of {test['n']} photos",
        "test top-5": f"{test['top5']:.2%}",
        "expected calibration error": f"{test['ece']:.4f}, temperature {record.temperature:.3f}",
        "'neither'": ", ".join(f"{key} {_short(value)}" for key, value in rejection.items()),
        "trainable parameters": f"{result['trainable_parameters']:,}",
        "input": f"{record.input.height}x{record.input.width}, {record.input.resize}",
        "seed": record.seed,
        "versions": ", ".join(f"{name} {version}" for name, version in record.tools.items()),
    }
    title = f"{record.arch} on {Path(record.data).name}"
    write_report(out / REPORT, title, facts, Answered(photos, fitted.test, record.labels))


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
