"""Measures a model's outputs for labelled images, in the way that its task asks for."""

from collections.abc import Sequence

from edgebreed.edge.engines import ModelOutputs
from edgebreed.train.classification_metrics import ClassificationMetrics, measure
from edgebreed.train.dataset import LabelledImage, labels_of, targets_of
from edgebreed.train.delivered import AnswerPolicy, Delivered, measure_delivered
from edgebreed.train.multi_label_metrics import MultiLabelMetrics, measure_labels

Metrics = ClassificationMetrics | MultiLabelMetrics
"""What is measured of a model with one class an image, or of a multi-label model."""


def measure_outputs(outputs: ModelOutputs, images: Sequence[LabelledImage], policy: AnswerPolicy) -> Metrics:
    """Accuracy of a model's outputs, a row for each image.

    Args:
        outputs: of the model.
        images: labelled images.
        policy: a manifest or a run's record.
    """
    if policy.task.multi_label:
        targets = targets_of(images, len(policy.classes))
        return measure_labels(outputs.probabilities, targets, policy.classes, policy.thresholds)
    return measure(outputs.probabilities, labels_of(images), policy.classes)


def delivered_of(
    outputs: ModelOutputs, images: Sequence[LabelledImage], policy: AnswerPolicy
) -> Delivered | None:
    """What a user gets, arguments as `measure_outputs`; None of a multi-label model.

    The accuracy of that one is measured with its thresholds, so there is no second way to look at it.
    """
    return None if policy.task.multi_label else measure_delivered(outputs, images, policy)
