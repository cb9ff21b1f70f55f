"""The accuracy of an exported file on labelled images, beside the float model's."""

from collections.abc import Sequence
from dataclasses import dataclass

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.manifest import Accuracy, Manifest
from edgebreed.export.parity import ParityReport
from edgebreed.train.classification_metrics import ClassificationMetrics, measure
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.delivered import Delivered, measure_delivered


@dataclass(frozen=True)
class MeasuredAccuracy:
    """What was measured on labelled images.

    Attributes:
        report: the file's and the float model's accuracy.
        metrics: the file's, by class too.
        delivered: what a user gets for the images.
    """

    report: ParityReport
    metrics: ClassificationMetrics
    delivered: Delivered

    @classmethod
    def of(
        cls,
        report: ParityReport,
        outputs: ModelOutputs,
        images: Sequence[LabelledImage],
        manifest: Manifest,
    ) -> "MeasuredAccuracy":
        """Measures a file's outputs for labelled images.

        Args:
            report: on the same images.
            outputs: of the file.
            images: in the order of the outputs.
            manifest: of the file.
        """
        metrics = measure(outputs.probabilities, labels_of(images), manifest.classes)
        return cls(report, metrics, measure_delivered(outputs, images, manifest))

    @property
    def accuracy(self) -> Accuracy:
        """What the file says of itself."""
        report = self.report
        return Accuracy(report.split, report.n, report.exported_top1, report.float_top1)
