"""`edgebreed export`: converts and quantizes a run, measures what was lost, and writes one file."""

import datetime
import functools
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.json_fields import SHORT
from edgebreed.edge.manifest import DetectorConfig, LearnedImages, Manifest
from edgebreed.edge.task import Rejection
from edgebreed.edge.text import printable
from edgebreed.export.accuracy_gate import AccuracyGate
from edgebreed.export.calibration import CalibrationSet, choose_images
from edgebreed.export.convert import convert
from edgebreed.export.export_files import prepare_files, write_files
from edgebreed.export.float_reference import FloatReference
from edgebreed.export.layer_noise import LayerNoise
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.mixed_precision import MixedPrecisionResult
from edgebreed.export.parity import AgreementReport
from edgebreed.export.request import ExportConfig, ExportRecord
from edgebreed.export.runtime_check import RuntimeCheck, check_in_runtime
from edgebreed.machine import versions
from edgebreed.train.delivered import describe_unknown
from edgebreed.train.evaluation import KerasEngine
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


def export(config: ExportConfig) -> ExportRecord:
    """Exports a run; the file appears complete and checked, or not at all.

    Raises:
        InputError: the run, the data set or the target file is at fault.
        ProofError: the result exceeds its accuracy budget and `force` is not set.
    """
    prepare_files(config)
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
        gate = AccuracyGate(config, self._manifest, self.reference.images("valid"))
        parity = gate.check_float32(conversion.float32)
        search = gate.search(conversion.converted, parity)
        check = check_in_runtime(
            search.model_bytes,
            self._final_manifest(search),
            self.reference.model,
            config.budget,
            config.force,
        )
        layers = gate.layer_noise(conversion.float32, search.model_bytes)
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

    def _written(
        self,
        check: RuntimeCheck,
        search: MixedPrecisionResult,
        parity: AgreementReport,
        layers: tuple[LayerNoise, ...],
    ) -> ExportRecord:
        config, test = self.config, self.reference.images("test")
        outputs = test.run(check.engine, check.manifest)
        report = test.compare(outputs, check.manifest)
        images = self.reference.data.images("test")
        measured = MeasuredAccuracy.of(report, outputs, images, check.manifest)
        manifest = replace(check.manifest, accuracy=measured.accuracy)
        write_files(config, search.model_bytes, manifest, layers)
        return ExportRecord(
            config=config,
            size=config.path.stat().st_size,
            engine=check.engine.name,
            parity=parity,
            search=search,
            report=report,
            measured=measured,
            golden_error=check.golden_error,
            rejection=manifest.rejection,
            unknown=describe_unknown(manifest.task, manifest.rejection),
            calibration=manifest.calibration,
            layers=layers,
            opset=config.opset,
            static_batch=config.options.static_batch,
        )
