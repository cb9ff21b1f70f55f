"""`edgebreed export`: converts and quantizes a run, measures what was lost, and writes one file."""

import datetime
import functools
import io
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, ModelOutputs
from edgebreed.edge.files import refuse_existing, remove_leftovers, write_whole
from edgebreed.edge.formats import write_model
from edgebreed.edge.json_fields import SHORT
from edgebreed.edge.manifest import Accuracy, DetectorConfig, LearnedImages, Manifest, Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.edge.task import Rejection
from edgebreed.edge.text import printable
from edgebreed.export.calibration import CalibrationSet, choose_images
from edgebreed.export.convert import ConvertedModel, convert
from edgebreed.export.float_reference import FloatReference, ReferenceImages
from edgebreed.export.layer_noise import LAYER_IMAGES, LayerNoise, layer_noise, output_sqnr_db, save_plot
from edgebreed.export.metadata import with_metadata
from edgebreed.export.mixed_precision import MixedPrecisionResult, MixedPrecisionSearch, SearchStep
from edgebreed.export.parity import ParityReport, compare, require
from edgebreed.export.recipe import FLOAT_BUDGET
from edgebreed.export.request import ExportConfig, ExportRecord
from edgebreed.export.runtime_check import RuntimeCheck, check_in_runtime, open_model_bytes
from edgebreed.machine import versions
from edgebreed.train.classification_metrics import measure
from edgebreed.train.dataset import labels_of
from edgebreed.train.delivered import describe_unknown, measure_delivered
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
PARITY_IMAGES = 200
SEARCH_IMAGES = 24  # on which the noise of single layers is measured


def export(config: ExportConfig) -> ExportRecord:
    """Exports a run; the file appears complete and checked, or not at all.

    Raises:
        InputError: the run, the data set or the target file is at fault.
        ProofError: the result exceeds its accuracy budget and `force` is not set.
    """
    for path in (config.path, *([config.plot] if config.debug_layers else [])):
        refuse_existing(path, config.overwrite)
        remove_leftovers(path)  # of an export that was killed
    return _Export.open(config).run()


@dataclass(frozen=True)
class _Export:
    """One export: the request, the run that it is of, and the float model's outputs for the run's images."""

    config: ExportConfig
    record: RunRecord
    reference: FloatReference

    @classmethod
    def open(cls, config: ExportConfig) -> "_Export":
        digest = functools.cache(digest_of)  # several steps ask for the digest of one file
        record = read_record(config.run)
        data = read_run_images(config.run, record, config.data, digest)
        model = KerasEngine(config.run / MODEL)
        return cls(config, record, FloatReference(model, data, record.input, digest))

    def run(self) -> ExportRecord:
        config = self.config
        conversion = convert(
            self.reference.model.model, config.recipe, config.options, self._calibration_inputs
        )
        parity = self._check_float32(conversion.float32)
        search = self._search(conversion.converted, parity)
        check = check_in_runtime(
            search.model_bytes,
            self._final_manifest(search),
            self.reference.model,
            config.budget,
            config.force,
        )
        layers = self._layer_noise(conversion.float32, search.model_bytes)
        return self._written(check, search, parity, layers)

    @cached_property
    def _rejection(self) -> Rejection:
        return self.record.rejection.set_to(self.config.unknown_below)

    @cached_property
    def _calibration(self) -> CalibrationSet | None:
        config, reference = self.config, self.reference
        if not config.recipe.is_calibrated:
            return None
        seed, folder = self.record.seed, config.calibration
        return choose_images(reference.data, config.calibration_size, seed, folder, reference.digest)

    def _calibration_inputs(self) -> NDArray[np.uint8]:
        return load_images(self._calibration.paths if self._calibration else (), self.record.input)

    def _check_float32(self, float32: bytes) -> ParityReport:
        """Compares the float32 file with the Keras model, before anything is made of it."""
        report = self._compare(self._open(float32), "valid", PARITY_IMAGES)
        if not self.config.force:
            require(report, FLOAT_BUDGET, f"{self.config.recipe.format}-fp32")
        return report

    def _search(self, model: ConvertedModel, parity: ParityReport) -> MixedPrecisionResult:
        config = self.config
        if config.recipe.precision is Precision.FP32:  # `parity` has just measured this file
            return MixedPrecisionResult(model.model_bytes(), (SearchStep((), parity),))
        if config.force:
            model_bytes = model.model_bytes()
            return MixedPrecisionResult(model_bytes, (SearchStep((), self._measure(model_bytes)),))
        search = MixedPrecisionSearch(
            config.recipe.name, config.budget, config.max_float_layers, self._measure, self._output_sqnr_db
        )
        return search.run(model)

    def _measure(self, model_bytes: bytes) -> ParityReport:
        return self._compare(self._open(model_bytes), "valid")

    def _output_sqnr_db(self, model_bytes: bytes) -> float:
        images = self.reference.images("valid", SEARCH_IMAGES)
        outputs = compute_outputs(self._open(model_bytes), images.paths, self.record.input, "layer")
        return output_sqnr_db(images.outputs.probabilities, outputs.probabilities)

    def _compare(self, engine: Engine, split: str, count: int | None = None) -> ParityReport:
        images = self.reference.images(split, count)
        return self._report(images, compute_outputs(engine, images.paths, self.record.input, split))

    def _report(self, images: ReferenceImages, outputs: ModelOutputs) -> ParityReport:
        labels, names = labels_of(images.images), self.record.labels
        return compare(images.split, images.outputs, outputs, labels, self._rejection, names)

    def _open(self, model_bytes: bytes) -> Engine:
        return open_model_bytes(model_bytes, self._manifest)

    @cached_property
    def _manifest(self) -> Manifest:
        """What is known before the conversion."""
        config, record = self.config, self.record
        return Manifest(
            name=printable(config.path.stem)[:SHORT],
            arch=record.arch,
            classes=record.classes,
            labels=record.labels,
            input=record.input,
            precision=config.recipe.precision,
            rejection=self._rejection,
            task=record.task,
            detector=DetectorConfig("haar" if record.task.people else "none"),
            accuracy=None,
            calibration=None,
            tolerance=config.recipe.budget.golden_tolerance,
            source_sha256=self.reference.digest(self.reference.model.path),
            created=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            tools=versions(TOOLS),
            notice=config.notice,
            target=config.recipe.target,
            opset=config.opset,
        )

    def _final_manifest(self, search: MixedPrecisionResult) -> Manifest:
        chosen, digest = self._calibration, self.reference.digest
        return replace(
            self._manifest,
            calibration=chosen.describe(digest) if chosen else None,
            float_layers=search.float_layers,
            learned=self._learned(),
            dropped=self.record.dropped,
        )

    def _learned(self) -> LearnedImages:
        """All images that decided a number in the file: the network's, the thresholds', the int8 ranges'."""
        paths = [image.path for image in self.reference.data.learned]
        calibration = self._calibration.paths if self._calibration else ()
        return LearnedImages.of(self.reference.digest(path) for path in (*paths, *calibration))

    def _layer_noise(self, float32: bytes, model_bytes: bytes) -> tuple[LayerNoise, ...]:
        if not self.config.debug_layers:
            return ()
        images = load_images(self.reference.images("valid", LAYER_IMAGES).paths, self.record.input)
        avoid_saturation = saturates(self._manifest, processor_target())
        return layer_noise(float32, model_bytes, images, avoid_saturation)

    def _written(
        self,
        check: RuntimeCheck,
        search: MixedPrecisionResult,
        parity: ParityReport,
        layers: tuple[LayerNoise, ...],
    ) -> ExportRecord:
        config, test = self.config, self.reference.images("test")
        outputs = compute_outputs(check.engine, test.paths, self.record.input, "test")
        report = self._report(test, outputs)
        accuracy = Accuracy(report.split, report.n, report.exported_top1, report.float_top1)
        manifest = replace(check.manifest, accuracy=accuracy)
        model_bytes = with_metadata(search.model_bytes, manifest)
        write_model(config.path, model_bytes, manifest, overwrite=config.overwrite)
        if layers:
            picture = io.BytesIO()
            save_plot(layers, f"{manifest.name}: {config.recipe.name}", picture)
            write_whole(config.plot, picture.getvalue(), overwrite=config.overwrite)
        return ExportRecord(
            config=config,
            size=config.path.stat().st_size,
            engine=check.engine.name,
            parity=parity,
            search=search,
            report=report,
            metrics=measure(outputs.probabilities, labels_of(test.images), self.record.classes),
            delivered=measure_delivered(outputs, test.images, manifest),
            golden_error=check.golden_error,
            rejection=manifest.rejection,
            unknown=describe_unknown(manifest.task, manifest.rejection),
            calibration=manifest.calibration,
            layers=layers,
        )
