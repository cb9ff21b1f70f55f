"""Holds a converted model to its accuracy budget, before it is written."""

from dataclasses import dataclass

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.export.convert import ConvertedModel
from edgebreed.export.layer_noise import LAYER_IMAGES, LayerNoise, layer_noise, output_sqnr_db
from edgebreed.export.mixed_precision import MixedPrecisionResult, MixedPrecisionSearch, SearchStep
from edgebreed.export.parity import AgreementReport, require
from edgebreed.export.recipe import FLOAT_BUDGET
from edgebreed.export.reference_images import ReferenceImages
from edgebreed.export.request import ExportOptions
from edgebreed.export.runtime_check import open_model_bytes
from edgebreed.train.image_loader import load_images

PARITY_IMAGES = 200
SEARCH_IMAGES = 24  # on which the noise of single layers is measured


@dataclass(frozen=True)
class AccuracyGate:
    """Compares converted models with the float model on the images that decide.

    Attributes:
        options: what was asked for.
        manifest: what is known of the file before the conversion.
        images: with the float model's outputs.
    """

    options: ExportOptions
    manifest: Manifest
    images: ReferenceImages

    def check_float32(self, float32: bytes) -> AgreementReport:
        """Compares the float32 file with the float model, before anything is made of it.

        Raises:
            ProofError: they differ, and `force` is not set.
        """
        images = self.images.some(PARITY_IMAGES)
        report = images.compare(self._outputs(float32, images), self.manifest)
        if not self.options.force:
            require(report, FLOAT_BUDGET, f"{self.options.recipe.format}-fp32")
        return report

    def search(self, model: ConvertedModel, parity: AgreementReport) -> MixedPrecisionResult:
        """Measures a model, and leaves layers of it in float until its budget holds.

        Args:
            model: in the precision that was asked for.
            parity: what was measured on its float32 file.

        Raises:
            ProofError: the budget does not hold, and `force` is not set.
        """
        options = self.options
        if options.recipe.precision is Precision.FP32:  # `parity` has just measured this file
            return MixedPrecisionResult(model.model_bytes(), (SearchStep((), parity),))
        if options.force:
            model_bytes = model.model_bytes()
            return MixedPrecisionResult(model_bytes, (SearchStep((), self.measure(model_bytes)),))
        search = MixedPrecisionSearch(
            options.recipe.name, options.budget, options.max_float_layers, self.measure, self._output_sqnr_db
        )
        return search.run(model)

    def measure(self, model_bytes: bytes) -> AgreementReport:
        """Compares a model with the float model."""
        return self.images.compare(self._outputs(model_bytes, self.images), self.manifest)

    def layer_noise(self, float32: bytes, model_bytes: bytes) -> tuple[LayerNoise, ...]:
        """The quantization noise of each layer, where it was asked for."""
        if not self.options.debug_layers:
            return ()
        images = load_images(self.images.some(LAYER_IMAGES).paths, self.manifest.input)
        avoid_saturation = saturates(self.manifest, processor_target())
        return layer_noise(float32, model_bytes, images, avoid_saturation)

    def _output_sqnr_db(self, model_bytes: bytes) -> float:
        images = self.images.some(SEARCH_IMAGES)
        outputs = self._outputs(model_bytes, images)
        return output_sqnr_db(images.outputs.probabilities, outputs.probabilities)

    def _outputs(self, model_bytes: bytes, images: ReferenceImages) -> ModelOutputs:
        return images.run(open_model_bytes(model_bytes, self.manifest), self.manifest)
