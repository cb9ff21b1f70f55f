"""`edgebreed export`: converts, quantizes, proves, packs."""

import datetime
import hashlib
import tempfile
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import Accuracy, Calibration, Manifest, Precision
from edgebreed.edge.model_file import write_model
from edgebreed.edge.verify import verify
from edgebreed.errors import InputError, ProofError
from edgebreed.export.golden import golden_vectors
from edgebreed.export.proof import Proof, compare, require
from edgebreed.export.quantize import quantize
from edgebreed.export.recipe import OPSET, Format, Recipe
from edgebreed.export.reference import reference_answers
from edgebreed.export.to_onnx import to_onnx
from edgebreed.export.to_tflite import to_tflite
from edgebreed.train import pixels
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.evaluate import KerasEngine, answer_all
from edgebreed.train.features import digest_of
from edgebreed.train.run import MODEL, RunRecord, read_photos, read_record
from edgebreed.train.trainer import tool_versions

TOOLS = ("edgebreed", "keras", "tf2onnx", "onnx", "nncf", "tensorflow", "tensorflow-cpu", "onnxruntime")
CALIBRATION_PHOTOS = 300


@dataclass(frozen=True)
class ExportConfig:
    """A request to export.

    Attributes:
        run: the run to export.
        recipe: format and precision.
        out: file to write; None names it by run and recipe, inside the run.
        data: data set to prove on; None takes the run's own.
        calibration: photos for the quantizer; None takes the training split.
        opset: ONNX operator set version.
        force: write a model that missed its bound.
        overwrite: replace `out`.
        notice: origin and licence of the weights, kept in the manifest.
    """

    run: Path
    recipe: Recipe
    out: Path | None = None
    data: Path | None = None
    calibration: Path | None = None
    opset: int = OPSET
    force: bool = False
    overwrite: bool = False
    notice: str = ""

    @property
    def path(self) -> Path:
        """The file to write."""
        name = f"{self.run.resolve().name}-{self.recipe.precision}.{self.recipe.format}"
        return self.out or self.run / name


@dataclass(frozen=True)
class ExportRecord:
    """What was exported and what it was proved by.

    Attributes:
        path: the file.
        size: of the file, in bytes.
        recipe: format and precision.
        opset: ONNX operator set version; None for TFLite.
        engine: what ran it for the proof.
        gate: on validation photos, which the bound is held against.
        report: on test photos, which decide nothing.
        golden_error: largest difference in a golden vector.
    """

    path: Path
    size: int
    recipe: Recipe
    opset: int | None
    engine: str
    gate: Proof
    report: Proof
    golden_error: float

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed export --json` prints."""
        return {
            "path": str(self.path),
            "bytes": self.size,
            "format": self.recipe.format.value,
            "precision": self.recipe.precision.value,
            "opset": self.opset,
            "engine": self.engine,
            "n": self.report.n,
            "accuracy": {"float": self.report.float_top1, "exported": self.report.exported_top1},
            "agreement": {"top1": self.report.agreement, "max_error": self.report.max_error},
            "gate": self.gate.to_dict(),
            "golden_error": self.golden_error,
        }


def export(config: ExportConfig) -> ExportRecord:
    """Exports a run; the file appears whole and proved, or not at all.

    Raises:
        InputError: the run, the data set or the target file is at fault.
        ProofError: the result missed its bound and `force` is not set.
    """
    if config.path.exists() and not config.overwrite:
        raise InputError(f"{config.path} exists: pass --overwrite or another --out")
    record = read_record(config.run)
    data = read_photos(config.run, record, config.data)
    model = KerasEngine(config.run / MODEL)
    body, calibration = _convert(config, model, record, data)
    manifest = _manifest(config, record, model, calibration)
    exported, manifest = _measure(config, body, manifest, model, data)
    if not config.force:
        require(exported.gate, config.recipe.bound, config.recipe.name)
        _require_golden(exported.golden_error, manifest)
    report = exported.report
    accuracy = Accuracy(report.photos, report.n, report.exported_top1, report.float_top1)
    write_model(config.path, body, replace(manifest, accuracy=accuracy), overwrite=config.overwrite)
    return replace(exported, size=config.path.stat().st_size)


def _convert(
    config: ExportConfig, model: KerasEngine, record: RunRecord, data: Dataset
) -> tuple[bytes, Calibration | None]:
    if config.recipe.format is Format.TFLITE:
        return to_tflite(model.model), None
    body = to_onnx(model.model, config.opset)
    if config.recipe.precision is Precision.FP32:
        return body, None
    paths = _calibration_photos(config, data, record.seed)
    digest = hashlib.sha256("".join(digest_of(path) for path in paths).encode()).hexdigest()
    origin = "train" if config.calibration is None else config.calibration.name
    return quantize(body, pixels.load(paths, record.input)), Calibration(origin, len(paths), digest)


def _calibration_photos(config: ExportConfig, data: Dataset, seed: int) -> list[Path]:
    """The same number from each class, as far as it has them, drawn by the seed."""
    chance = np.random.default_rng(seed)
    if config.calibration is not None:
        paths = find_photos([config.calibration])
        return [paths[index] for index in sorted(chance.permutation(len(paths))[:CALIBRATION_PHOTOS])]
    photos = data.photos("train")
    shuffled = [photos[index] for index in chance.permutation(len(photos))]
    by_class = [
        [photo.path for photo in shuffled if photo.label == label] for label in range(len(data.classes))
    ]
    rounds = (path for group in zip_longest(*by_class) for path in group if path is not None)
    return list(islice(rounds, CALIBRATION_PHOTOS))


def _manifest(
    config: ExportConfig, record: RunRecord, model: KerasEngine, calibration: Calibration | None
) -> Manifest:
    return Manifest(
        name=config.path.stem,
        arch=record.arch,
        classes=record.classes,
        labels=record.labels,
        input=record.input,
        precision=config.recipe.precision,
        rejection=record.rejection,
        accuracy=None,
        calibration=calibration,
        tolerance=config.recipe.bound.golden,
        source_sha256=digest_of(model.path),
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        tools=tool_versions(TOOLS),
        notice=config.notice,
    )


def _measure(
    config: ExportConfig, body: bytes, manifest: Manifest, model: KerasEngine, data: Dataset
) -> tuple[ExportRecord, Manifest]:
    """Runs the exported file in its own runtime, from a draft that nobody else sees; adds golden vectors."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"draft.{config.recipe.format}"
        write_model(draft, body, manifest)
        is_onnx = config.recipe.format is Format.ONNX
        engine = load_engine(draft, manifest, EngineOptions("cpu" if is_onnx else "litert"))
        manifest = replace(manifest, golden=golden_vectors(model, engine, manifest.input))

        def prove(split: str) -> Proof:
            photos = data.photos(split)
            paths = [photo.path for photo in photos]
            reference = reference_answers(model, paths, manifest.input)
            return compare(
                split, reference, answer_all(engine, paths, manifest.input, split), labels_of(photos)
            )

        exported = ExportRecord(
            path=config.path,
            size=0,
            recipe=config.recipe,
            opset=config.opset if is_onnx else None,
            engine=engine.name,
            gate=prove("valid"),
            report=prove("test"),
            golden_error=verify(engine, manifest).max_error,
        )
        return exported, manifest


def _require_golden(error: float, manifest: Manifest) -> None:
    if error > manifest.tolerance:
        raise ProofError(
            f"{manifest.name}: a golden vector is off by {error:.4g}, the bound is {manifest.tolerance:.4g}; "
            "nothing was written (--force writes it all the same)"
        )
