"""`edgebreed export`: converts, quantizes, proves, packs."""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, ModelOutputs
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Accuracy, Calibration, DetectorConfig, Manifest, Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.edge.verify import verify
from edgebreed.errors import ProofError
from edgebreed.export.accuracy_control import Control, Controlled, Trial
from edgebreed.export.calibration import CalibrationSet, choose_photos
from edgebreed.export.convert import Candidate, convert
from edgebreed.export.draft import labelled, open_body
from edgebreed.export.golden import golden_vectors
from edgebreed.export.layers import LAYER_PHOTOS, LayerNoise, layer_noise, save_plot
from edgebreed.export.noise import answers_db
from edgebreed.export.proof import REMEDY, Proof, compare, require
from edgebreed.export.recipe import FLOAT_BOUND, Bound
from edgebreed.export.reference import reference_answers
from edgebreed.export.request import ExportConfig, ExportRecord
from edgebreed.machine import versions
from edgebreed.train.dataset import Dataset, LabelledImage, labels_of
from edgebreed.train.evaluation import KerasEngine, compute_outputs
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.image_loader import load_images
from edgebreed.train.run_record import MODEL, RunRecord, read_record, read_run_images

TOOLS = (
    "edgebreed",
    "keras",
    "tf2onnx",
    "onnx",
    "nncf",
    "ai-edge-quantizer",
    "tensorflow",
    "tensorflow-cpu",
    "onnxruntime",
    "ai-edge-litert",
)
PARITY_PHOTOS = 200
NOISE_PHOTOS = 24


def export(config: ExportConfig) -> ExportRecord:
    """Exports a run; the file appears whole and proved, or not at all.

    Raises:
        InputError: the run, the data set or the target file is at fault.
        ProofError: the result missed its bound and `force` is not set.
    """
    for path in (config.path, *([config.plot] if config.debug_layers else [])):
        refuse_existing(path, config.overwrite)
    return _Work.open(config).run()


@dataclass(frozen=True)
class _Work:
    """An export in the making: the request, the run that it is of, and the run's photos."""

    config: ExportConfig
    record: RunRecord
    data: Dataset
    model: KerasEngine

    @classmethod
    def open(cls, config: ExportConfig) -> "_Work":
        record = read_record(config.run)
        data = read_run_images(config.run, record, config.data)
        return cls(config, record, data, KerasEngine(config.run / MODEL))

    def run(self) -> ExportRecord:
        config, needs_photos = self.config, self.config.recipe.is_calibrated
        chosen = self._calibration if needs_photos else None
        conversion = convert(self.model.model, config.recipe, config.shape, self._calibration_inputs)
        parity = self._parity(conversion.plain)
        controlled = self._controlled(conversion.candidate, parity)
        draft = self._manifest(controlled, chosen.describe() if chosen else None)
        engine = open_body(controlled.body, draft, config.recipe.format)
        manifest = replace(draft, golden=golden_vectors(self.model, engine, draft.input, draft.tolerance))
        golden_error = verify(engine, manifest).max_error
        manifest = with_tolerance(manifest, golden_error, config.bound, config.force)
        report = self._prove(engine, "test")
        layers = self._layers(conversion.plain, controlled.body)
        record = ExportRecord(
            config=config,
            size=0,
            engine=engine.name,
            parity=parity,
            control=controlled,
            report=report,
            golden_error=golden_error,
            calibration=manifest.calibration,
            layers=layers,
        )
        self._write(record, manifest)
        return record.sized()

    @cached_property
    def _calibration(self) -> CalibrationSet:
        config = self.config
        return choose_photos(self.data, config.calibration_size, self.record.seed, config.calibration)

    def _calibration_inputs(self) -> NDArray[np.uint8]:
        return load_images(self._calibration.paths, self.record.input)

    def _parity(self, plain: bytes) -> Proof:
        """The float32 file against the Keras model, before anything is made of it."""
        proof = self._prove(self._opened(plain), "valid", PARITY_PHOTOS)
        if not self.config.force:
            require(proof, FLOAT_BOUND, f"{self.config.recipe.format}-fp32")
        return proof

    def _controlled(self, candidate: Candidate, parity: Proof) -> Controlled:
        config = self.config
        if config.recipe.precision is Precision.FP32:  # it is the file that parity was just shown of
            return Controlled(candidate.body(), (Trial((), parity),))

        def prove(body: bytes) -> Proof:
            return self._prove(self._opened(body), "valid")

        def noise_db(body: bytes) -> float:
            photos, exact = self._photos("valid", NOISE_PHOTOS)
            answers = compute_outputs(self._opened(body), _paths(photos), self.record.input, "layer")
            return answers_db(exact.probabilities, answers.probabilities)

        if config.force:  # as it comes: no layer is taken back
            body = candidate.body()
            return Controlled(body, (Trial((), prove(body)),))
        control = Control(config.recipe.name, config.bound, config.max_float_layers, prove, noise_db)
        return control.run(candidate)

    def _prove(self, engine: Engine, split: str, count: int | None = None) -> Proof:
        photos, reference = self._photos(split, count)
        answers = compute_outputs(engine, _paths(photos), self.record.input, split)
        return compare(
            split, reference, answers, labels_of(photos), self.record.rejection, self.record.labels
        )

    def _photos(self, split: str, count: int | None = None) -> tuple[list[LabelledImage], ModelOutputs]:
        """Photos of a split, all or so many evenly out of all, and the float model's answers to them."""
        photos, answers = self._valid if split == "valid" else self._answered(split)
        places = spread(len(photos), count or len(photos))
        scores = None if answers.in_distribution is None else answers.in_distribution[places]
        return [photos[place] for place in places], ModelOutputs(answers.probabilities[places], scores)

    @cached_property
    def _valid(self) -> tuple[Sequence[LabelledImage], ModelOutputs]:
        return self._answered("valid")

    def _answered(self, split: str) -> tuple[Sequence[LabelledImage], ModelOutputs]:
        photos = self.data.images(split)
        return photos, reference_answers(self.model, _paths(photos), self.record.input)

    def _opened(self, body: bytes) -> Engine:
        return open_body(body, self._bare, self.config.recipe.format)

    @cached_property
    def _bare(self) -> Manifest:
        return self._manifest(None, None)

    def _manifest(self, controlled: Controlled | None, calibration: Calibration | None) -> Manifest:
        config, record = self.config, self.record
        return Manifest(
            name=config.path.stem,
            arch=record.arch,
            classes=record.classes,
            labels=record.labels,
            input=record.input,
            precision=config.recipe.precision,
            rejection=record.rejection,
            task=record.task,
            detector=DetectorConfig("haar" if record.task.people else "none"),
            accuracy=None,
            calibration=calibration,
            tolerance=config.recipe.bound.golden,
            source_sha256=digest_of(self.model.path),
            created=datetime.datetime.now(datetime.UTC).date().isoformat(),
            tools=versions(TOOLS),
            notice=config.notice,
            target=config.recipe.target,
            opset=config.opset,
            float_layers=() if controlled is None else controlled.float_layers,
        )

    def _layers(self, plain: bytes, body: bytes) -> tuple[LayerNoise, ...]:
        if not self.config.debug_layers:
            return ()
        photos, _ = self._photos("valid", LAYER_PHOTOS)
        inputs = load_images(_paths(photos), self.record.input)
        precise = saturates(self._bare, processor_target())
        return layer_noise(self.config.recipe.format, plain, body, inputs, precise)

    def _write(self, record: ExportRecord, manifest: Manifest) -> None:
        config, report = self.config, record.report
        accuracy = Accuracy(report.photos, report.n, report.exported_top1, report.float_top1)
        labelled_body = labelled(record.control.body, manifest, config.recipe.format)
        write_model(
            config.path, labelled_body, replace(manifest, accuracy=accuracy), overwrite=config.overwrite
        )
        if record.layers:
            picture = io.BytesIO()
            save_plot(record.layers, f"{manifest.name}: {config.recipe.name}", picture)
            write_whole(config.plot, picture.getvalue(), overwrite=config.overwrite)


def spread(total: int, count: int) -> list[int]:
    """So many places, evenly out of all: photos of one class stand together."""
    return [int(place) for place in np.linspace(0, total - 1, min(count, total))]


def _paths(photos: Sequence[LabelledImage]) -> list[Path]:
    return [photo.path for photo in photos]


def with_tolerance(manifest: Manifest, error: float, bound: Bound, force: bool) -> Manifest:
    """The manifest with a tolerance that the file itself holds on its golden vectors.

    What a file may lose is decided on validation photos. Where single probabilities have a bound, a golden
    one over it shows a fault. int8 has none, and on drawn images, which are like no photo that it was
    calibrated on, it may be off by more than on any photo: the tolerance is then what it is off by, and half
    of the usual one for the device's own arithmetic.

    Args:
        manifest: with golden vectors.
        error: the largest difference on them, here.
        bound: what the file may lose.
        force: take it as it comes.

    Raises:
        ProofError: a vector is off by more than a bound on single probabilities allows.
    """
    if error <= manifest.tolerance:
        return manifest
    if bound.max_error < 1 and not force:
        raise ProofError(
            f"{manifest.name}: a golden vector is off by {error:.4g}, the bound is {manifest.tolerance:.4g}; "
            f"{REMEDY}"
        )
    return replace(manifest, tolerance=error + manifest.tolerance / 2)
