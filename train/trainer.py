"""`edgebreed train`: from a folder of photos to a run."""

import csv
import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edgebreed.errors import InputError
from edgebreed.machine import versions
from edgebreed.train import pixels
from edgebreed.train.config import Arch, Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.delivered import describe_unknown, measure_delivered
from edgebreed.train.draw import draw
from edgebreed.train.metrics import measure
from edgebreed.train.prepare import Prepared, prepare
from edgebreed.train.report import Answered
from edgebreed.train.run import METRICS, MODEL, RECORD, SPLITS, RunRecord

TOOLS = ("edgebreed", "keras", "tensorflow", "tensorflow-cpu", "openvino", "numpy", "opencv-python")


def train(config: TrainConfig) -> dict[str, Any]:
    """Fits, evaluates, and writes the run.

    Returns:
        What `edgebreed train --json` prints.
    """
    labels = _read_names(config.names)
    prepared = prepare(config)
    fitted = _fit(config, prepared)
    record = _record(config, prepared, fitted, labels)
    result = _result(config, prepared, fitted, record)
    _write(config, record, prepared.data, fitted, result)
    return result


def _fit(config: TrainConfig, prepared: Prepared) -> Fitted:
    """Imports Keras, which takes seconds, only once the images are known to be sound."""
    from edgebreed.train.keras_setup import keras

    keras.utils.set_random_seed(config.seed)
    if config.arch is Arch.SCRATCH:
        from edgebreed.train.scratch import fit_scratch

        return fit_scratch(config, prepared)
    from edgebreed.train.transfer import fit_transfer

    return fit_transfer(config, prepared)


def _record(config: TrainConfig, prepared: Prepared, fitted: Fitted, labels: dict[str, str]) -> RunRecord:
    data = prepared.data
    return RunRecord(
        arch=config.network,
        data=str(data.root.resolve()),
        seed=config.seed,
        classes=data.classes,
        labels=tuple(labels.get(name, name) for name in data.classes),
        input=config.spec,
        rejection=fitted.rejection,
        task=config.task,
        temperature=fitted.temperature,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        tools=versions(TOOLS),
        config=config.to_dict(),
        data_sha256=prepared.sha256,
    )


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


def _result(config: TrainConfig, prepared: Prepared, fitted: Fitted, record: RunRecord) -> dict[str, Any]:
    data = prepared.data
    images = data.photos("test")
    measured = measure(fitted.test.probabilities, labels_of(images), data.classes)
    delivered = measure_delivered(fitted.test, images, record)
    return {
        "run": str(config.out),
        "arch": config.network,
        "data": str(config.data or "demo"),
        "classes": len(data.classes),
        "train_images": len(data.photos("train")),
        "test": {**measured.to_dict(), "delivered": delivered.to_dict()},
        "seconds": fitted.seconds,
        "trainable_parameters": fitted.trainable,
        "temperature": fitted.temperature,
        "fine_tune_passes": len(fitted.fine_tune_history.get("loss", ())),
        "interrupted": fitted.interrupted,
        "dropped": prepared.dropped,
        "rejection": asdict(fitted.rejection),
        "unknown": describe_unknown(config.task, fitted.rejection),
    }


def _write(
    config: TrainConfig,
    record: RunRecord,
    data: Dataset,
    fitted: Fitted,
    result: dict[str, Any],
) -> None:
    """Writes the record last: a folder with a record is a whole run."""
    from edgebreed.train.assemble import prove
    from edgebreed.train.checkpoint import forget

    out = config.out
    out.mkdir(parents=True, exist_ok=True)
    (out / RECORD).unlink(missing_ok=True)
    answered = Answered(data.photos("test"), fitted.test.probabilities, record.labels)
    prove(fitted.model, pixels.load([answered.photos[0].path], config.spec), fitted.test.probabilities[0])
    fitted.model.save(out / MODEL)
    histories = {"history": fitted.history, "fine_tune_history": fitted.fine_tune_history}
    (out / METRICS).write_text(json.dumps({**result, **histories}, indent=1))
    (out / SPLITS).write_text(json.dumps(data.to_dict(), indent=1))
    _write_history(out / "history.csv", fitted.history)
    draw(out, record, fitted.history, answered, result)
    (out / RECORD).write_text(json.dumps(record.to_dict(), indent=1))
    if not fitted.interrupted:
        forget(out)


def _write_history(path: Path, history: dict[str, list[float]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *history])
        writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*history.values(), strict=True), 1))
