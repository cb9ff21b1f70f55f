"""`edgebreed train`: from a folder of images to a run."""

import csv
import datetime
import io
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import write_whole
from edgebreed.edge.label_thresholds import set_label_thresholds
from edgebreed.edge.manifest import LearnedImages
from edgebreed.machine import versions
from edgebreed.train.config import Arch, Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, targets_of
from edgebreed.train.delivered import describe_unknown
from edgebreed.train.keras_file import write_keras
from edgebreed.train.label_names import read_names, shown_labels
from edgebreed.train.label_table import LABEL_TABLE
from edgebreed.train.label_threshold_fit import FittedThresholds, fit_label_thresholds
from edgebreed.train.measure_outputs import delivered_of, measure_outputs
from edgebreed.train.multi_label_data import label_rows
from edgebreed.train.multi_label_metrics import MultiLabelMetrics
from edgebreed.train.multi_label_report import MultiLabelReport, draw_multi_label_run
from edgebreed.train.prepare import PreparedData, prepare
from edgebreed.train.rejection import no_rejection
from edgebreed.train.report_data import ClassifiedImages, ReportData, images_per_class
from edgebreed.train.run_record import (
    HISTORY,
    METRICS,
    MODEL,
    PLOTS,
    RECORD,
    REPORT,
    SPLITS,
    RunRecord,
    TrainResult,
    capped,
)
from edgebreed.train.run_report import draw_run

_LOG = logging.getLogger(__name__)

EACH_LABEL = "each label has a threshold of its own"

TOOLS = ("edgebreed", "keras", "tensorflow", "tensorflow-cpu", "openvino", "numpy", "opencv-python")


def train(config: TrainConfig) -> TrainResult:
    """Fits a classifier, measures it, and writes the run.

    Raises:
        InputError: the data set, the weights or an option is at fault.
        ProofError: the assembled model differs from what was measured.
        KeyboardInterrupt: a signal came before there was a model to write.
    """
    labels = read_names(config.names) if config.names else {}
    prepared = prepare(config)
    _warn_of_names(labels, prepared.data)
    fitted = _fit(config, prepared)
    left_out = (*prepared.negatives.alike, *fitted.left_out_negatives)
    _warn_of_negatives(left_out)
    thresholds = _thresholds(config, prepared, fitted, labels)
    record = _record(config, prepared, fitted, labels)
    if config.task.multi_label:
        record = replace(record, thresholds=thresholds.values, rejection=no_rejection(EACH_LABEL))
    result = _result(config, prepared, fitted, record, left_out)
    result = replace(result, thresholds_reason=thresholds.reason)
    _write(config.out, record, prepared.data, fitted, result)
    return result


def _fit(config: TrainConfig, prepared: PreparedData) -> Fitted:
    from edgebreed.train.keras_setup import (
        keras,
    )  # takes seconds, so only once the images are known to be good

    keras.utils.set_random_seed(config.seed)
    if config.arch is Arch.SCRATCH:
        from edgebreed.train.scratch import fit_scratch

        return fit_scratch(config, prepared)
    from edgebreed.train.transfer import fit_transfer

    return fit_transfer(config, prepared)


def _thresholds(
    config: TrainConfig, prepared: PreparedData, fitted: Fitted, names: dict[str, str]
) -> FittedThresholds:
    """Those of a multi-label model, measured on validation images or set by hand; none of any other."""
    data = prepared.data
    if fitted.valid is None or not config.task.multi_label:
        return FittedThresholds()
    targets = targets_of(data.images("valid"), len(data.classes))
    measured = fit_label_thresholds(fitted.valid, targets, shown_labels(data.classes, names))
    if config.unknown_below is None:
        return measured
    return FittedThresholds(set_label_thresholds(measured.values, config.unknown_below))


def _warn_of_names(labels: dict[str, str], data: Dataset) -> None:
    unknown = [name for name in labels if name not in data.classes]
    if unknown:
        _LOG.warning(
            "--names has labels of %s that are no class folder: %s", len(unknown), ", ".join(unknown[:5])
        )


def _warn_of_negatives(left_out: tuple[Path, ...]) -> None:
    if left_out:
        names = ", ".join(path.name for path in left_out[:5]) + (", ..." if len(left_out) > 5 else "")
        _LOG.warning("left out %s negatives that look like one of the classes: %s", len(left_out), names)


def _record(config: TrainConfig, prepared: PreparedData, fitted: Fitted, labels: dict[str, str]) -> RunRecord:
    data = prepared.data
    return RunRecord(
        arch=config.network,
        data=str(data.root.resolve()),
        seed=config.seed,
        classes=data.classes,
        labels=shown_labels(data.classes, labels),
        input=config.spec,
        rejection=fitted.rejection,
        task=config.task,
        temperature=fitted.temperature,
        created=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        tools=versions(TOOLS),
        config=config.to_dict(),
        data_sha256=prepared.sha256,
        learned=LearnedImages.of(prepared.cache.digest(image.path) for image in data.learned),
        dropped=prepared.dropped_images,
    )


def _result(
    config: TrainConfig,
    prepared: PreparedData,
    fitted: Fitted,
    record: RunRecord,
    left_out_negatives: tuple[Path, ...],
) -> TrainResult:
    data, images = prepared.data, prepared.data.images("test")
    return TrainResult(
        run=str(config.out),
        arch=config.network,
        data=str(config.data or "demo"),
        classes=len(data.classes),
        train_images=len(data.images("train")),
        test=measure_outputs(fitted.test, images, record),
        delivered=delivered_of(fitted.test, images, record),
        seconds=fitted.seconds,
        trainable_parameters=fitted.trainable,
        temperature=fitted.temperature,
        fine_tune_passes=len(fitted.fine_tune_history.get("loss", ())),
        interrupted=fitted.interrupted,
        dropped={**prepared.dropped, "negatives": len(left_out_negatives)},
        dropped_files=capped({**prepared.dropped_files, "negatives": left_out_negatives}),
        left_out=capped(data.left_out),
        left_out_counts={reason.value: len(paths) for reason, paths in data.left_out.items()},
        in_sub_folders=data.in_sub_folders,
        set_aside=prepared.set_aside,
        left_out_negatives=tuple(str(path) for path in left_out_negatives),
        rejection=record.rejection,
        unknown=describe_unknown(record),
        history=fitted.history,
        fine_tune_history=fitted.fine_tune_history,
    )


def _write(out: Path, record: RunRecord, data: Dataset, fitted: Fitted, result: TrainResult) -> None:
    """Writes the model and what was measured, the record after them, and draws last.

    A folder with a record is a complete run; a plot or a page is never the reason that one is lost. The
    checkpoint goes at the very end, so that all of this can be done again after a kill.
    """
    from edgebreed.train.checkpoint import remove_checkpoint

    for older in (RECORD, REPORT, SPLITS, LABEL_TABLE, *PLOTS):
        (out / older).unlink(missing_ok=True)
    write_keras(out / MODEL, fitted.model)
    _write_json(out / METRICS, result.to_dict())
    if record.task.multi_label:
        write_whole(out / LABEL_TABLE, label_rows(data), overwrite=True)
    else:
        _write_json(out / SPLITS, data.to_dict())
    write_whole(out / HISTORY, _history_csv(fitted.history), overwrite=True)
    _write_json(out / RECORD, record.to_dict())
    _draw(out, record, result, data, fitted.test.probabilities)
    if not fitted.interrupted:
        remove_checkpoint(out)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    write_whole(path, json.dumps(data, indent=1).encode(), overwrite=True)


def _draw(
    out: Path, record: RunRecord, result: TrainResult, data: Dataset, probabilities: NDArray[np.float32]
) -> None:
    images, counts = data.images("test"), images_per_class(data)
    try:
        if isinstance(result.test, MultiLabelMetrics):
            splits = {name: len(members) for name, members in data.splits.items()}
            report = MultiLabelReport(record, result, result.test, images, probabilities, counts, splits)
            draw_multi_label_run(out, report)
        else:
            tested = ClassifiedImages(images, probabilities, record.labels)
            draw_run(out, ReportData(record, result, tested, counts))
    except Exception as error:
        _LOG.warning("the run in %s is complete, but its report was not drawn: %s", out, error)


def _history_csv(history: dict[str, list[float]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["epoch", *history])
    writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*history.values(), strict=True), 1))
    return text.getvalue().encode()
