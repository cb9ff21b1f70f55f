"""`edgebreed export --from`: another precision of an ONNX file in float32, which needs no training run."""

import datetime
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, EngineOptions, open_engine
from edgebreed.edge.engines.engine import engine_faults
from edgebreed.edge.formats import ModelFile, ModelFormat, read_model
from edgebreed.edge.json_fields import SHORT
from edgebreed.edge.manifest import LearnedImages, Manifest, Precision
from edgebreed.edge.text import printable
from edgebreed.errors import ModelFileError
from edgebreed.export.accuracy_gate import AccuracyGate
from edgebreed.export.calibration import CalibrationSet
from edgebreed.export.convert import convert_onnx
from edgebreed.export.export_files import prepare_files, write_files
from edgebreed.export.exporter import TOOLS
from edgebreed.export.graph.index import Model, onnx
from edgebreed.export.graph.simplify import opset_of, simplified
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.model_request import ModelExportConfig
from edgebreed.export.photo_division import WANTED, PhotoDivision, all_calibrated, divide
from edgebreed.export.reference_images import LabelledReferenceImages, ReferenceImages
from edgebreed.export.request import PER_CHANNEL_OPSET, ExportRecord
from edgebreed.export.runtime_check import ENGINES, RuntimeCheck, check_in_runtime
from edgebreed.machine import versions
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.delivered import describe_unknown
from edgebreed.train.evaluation import Evaluation, compute_outputs
from edgebreed.train.feature_cache import Digest, digest_of
from edgebreed.train.image_loader import load_images

MEASURED = "measured"
"""The word for images without labels that a file is compared on."""


def export_model(config: ModelExportConfig) -> ExportRecord:
    """Exports a model file again; the new one appears complete and checked, or not at all.

    Raises:
        InputError: the file, the photos or the target file is at fault.
        ModelFileError: the file is damaged, or its graph is quantized already.
        EngineError: the quantizer or ONNX Runtime fails on the graph.
        ProofError: the result exceeds its accuracy budget and `force` is not set.
    """
    prepare_files(config)
    source = read_model(config.source)
    config.check(source)
    return _ModelExport.open(config, source).run()


@dataclass(frozen=True)
class _ModelExport:
    """One export: the request, the float file, and the photos.

    Attributes:
        config: the request.
        source: the float file.
        engine: runs it, as the reference.
        labelled: the measured images with their labels; empty where they have none.
        photos: calibrated and measured ones.
        digest: SHA-256 of a file.
    """

    config: ModelExportConfig
    source: ModelFile
    engine: Engine
    labelled: tuple[LabelledImage, ...]
    photos: PhotoDivision
    digest: Digest

    @classmethod
    def open(cls, config: ModelExportConfig, source: ModelFile) -> "_ModelExport":
        digest = functools.cache(digest_of)  # several steps ask for the digest of one file
        options = EngineOptions(ENGINES[ModelFormat.ONNX])
        labelled: tuple[LabelledImage, ...] = ()
        if config.data is not None:
            labelled = Evaluation.open(config.data, config.source, "test", options).images
        photos = _photos(config, labelled, source.manifest.learned or LearnedImages(b""), digest)
        return cls(config, source, open_engine(source, options), labelled, photos, digest)

    def run(self) -> ExportRecord:
        config = self.config
        refused = (
            f"{config.source} cannot be exported in {config.recipe.precision}, choose another --precision"
        )
        with engine_faults(refused):  # a foreign graph may hold what a quantizer was never tried on
            float32 = self._float32()
            opset = opset_of(float32)
            conversion = convert_onnx(float32, config.recipe, self._calibration_inputs)
            gate = AccuracyGate(config, replace(self._manifest, opset=opset), self._images)
            parity = gate.check_float32(conversion.float32)
            search = gate.search(conversion.converted, parity)
        manifest = replace(gate.manifest, float_layers=search.float_layers)
        check = check_in_runtime(search.model_bytes, manifest, self.engine, config.budget, config.force)
        layers = gate.layer_noise(conversion.float32, search.model_bytes)
        measured = self._measured(check)
        manifest = replace(check.manifest, accuracy=measured.accuracy if measured else None)
        write_files(config, search.model_bytes, manifest, layers)
        return ExportRecord(
            config=config,
            size=config.path.stat().st_size,
            engine=check.engine.name,
            parity=parity,
            search=search,
            report=search.report,
            measured=measured,
            golden_error=check.golden_error,
            rejection=manifest.rejection,
            unknown=describe_unknown(manifest.task, manifest.rejection),
            calibration=manifest.calibration,
            layers=layers,
            opset=opset,
            static_batch=_has_static_batch(float32),
            remarks=tuple(self._remarks()),
        )

    def _float32(self) -> Model:
        with_scales = self.config.recipe.precision is Precision.INT8
        try:
            return simplified(
                onnx.load_from_string(self.source.data), PER_CHANNEL_OPSET if with_scales else 0
            )
        except ModelFileError as error:
            raise ModelFileError(f"{self.config.source}: {error}") from error

    def _calibration_inputs(self) -> NDArray[np.uint8]:
        return load_images(self.photos.calibrated, self.source.manifest.input)

    @cached_property
    def _images(self) -> ReferenceImages:
        paths = self.photos.measured
        outputs = compute_outputs(self.engine, paths, self.source.manifest.input, "float reference")
        if self.labelled:
            return LabelledReferenceImages(self._data_name, paths, outputs, labels_of(self.labelled))
        return ReferenceImages(MEASURED, paths, outputs)

    @cached_property
    def _manifest(self) -> Manifest:
        """What is known before the conversion; nothing that was measured of the float file."""
        config, source = self.config, self.source.manifest
        recipe = config.recipe
        return replace(
            source,
            name=printable(config.path.stem)[:SHORT],
            precision=recipe.precision,
            target=recipe.target,
            rejection=source.rejection.set_to(config.unknown_below),
            accuracy=None,
            calibration=self._calibration.describe(self.digest) if self._calibration else None,
            tolerance=recipe.budget.golden_tolerance,
            golden=(),
            source_sha256=self.digest(config.source),
            created=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            tools=versions(TOOLS),
            notice=config.notice or source.notice,
            tuned=None,
            learned=self._learned,
        )

    @cached_property
    def _calibration(self) -> CalibrationSet | None:
        if self.config.calibration is None or not self.photos.calibrated:
            return None
        return CalibrationSet(self.config.calibration.resolve().name, self.photos.calibrated)

    @cached_property
    def _learned(self) -> LearnedImages | None:
        """None where it is not known of the float file: nobody shall take the calibration for all of it."""
        learned = self.source.manifest.learned
        more = LearnedImages.of(map(self.digest, self.photos.calibrated))
        return None if learned is None else learned.union(more)

    @property
    def _data_name(self) -> str:
        return MEASURED if self.config.data is None else self.config.data.resolve().name

    def _measured(self, check: RuntimeCheck) -> MeasuredAccuracy | None:
        images = self._images
        if not isinstance(images, LabelledReferenceImages):
            return None
        outputs = images.run(check.engine, check.manifest)
        report = images.compare(outputs, check.manifest)
        return MeasuredAccuracy.of(report, outputs, self.labelled, check.manifest)

    def _remarks(self) -> Iterator[str]:
        """What limits the measurement, a sentence each."""
        paths, manifest = self.photos.measured, self.source.manifest
        if len(paths) < WANTED:
            yield f"few photos measured ({len(paths)}): {WANTED} or more are wanted"
        if learned := sum(self.digest(path) in (manifest.learned or LearnedImages(b"")) for path in paths):
            yield f"the model has learned from {learned} of the measured photos"
        answers = set(self._images.outputs.probabilities.argmax(axis=1))
        if len(answers) == 1:
            label = manifest.labels[answers.pop()]
            yield f"every measured photo is {label} to the float model: give photos of other classes too"


def _photos(
    config: ModelExportConfig,
    labelled: Sequence[LabelledImage],
    learned: LearnedImages,
    digest: Digest,
) -> PhotoDivision:
    size = config.calibration_size if config.recipe.is_calibrated else 0
    if not labelled:
        assert config.calibration is not None  # the request is refused without
        return divide(config.calibration, size, learned, digest)
    measured = tuple(image.path for image in labelled)
    if config.calibration is None or not size:
        return PhotoDivision((), measured)
    digests = {digest(path) for path in measured}
    return PhotoDivision(all_calibrated(config.calibration, size, learned, digests, digest), measured)


def _has_static_batch(model: Model) -> bool:
    return bool(model.graph.input[0].type.tensor_type.shape.dim[0].dim_value)
