"""Outputs measured in the way that the task asks for."""

from pathlib import Path

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.manifest import DetectorConfig
from edgebreed.edge.task import Rejection, Task
from edgebreed.train.classification_metrics import ClassificationMetrics
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.delivered import answered_kinds, describe_unknown
from edgebreed.train.measure_outputs import delivered_of, measure_outputs
from edgebreed.train.multi_label_metrics import MultiLabelMetrics

from ..conftest import colour_manifest

OUTPUTS = ModelOutputs(np.array([[0.7, 0.6, 0.1], [0.2, 0.3, 0.1]], np.float32))
SEVERAL = colour_manifest(
    task=Task.of("colour", multi_label=True), thresholds=(0.5, 0.5, 0.5), detector=DetectorConfig()
)


def test_a_multi_label_model_is_measured_with_its_thresholds() -> None:
    """What a user gets is no other figure."""
    images = [LabelledImage(Path("a"), 1, (0, 1)), LabelledImage(Path("b"), -1, ())]
    metrics = measure_outputs(OUTPUTS, images, SEVERAL)
    assert isinstance(metrics, MultiLabelMetrics)
    assert (1.0, ("blue",)) == (metrics.subset_accuracy, metrics.untested_labels)
    assert None is delivered_of(OUTPUTS, images, SEVERAL)
    assert ["known", "unknown"] == answered_kinds(OUTPUTS, images, SEVERAL)
    assert "'no colour' where every label is below 0.500" == describe_unknown(SEVERAL)


def test_any_other_model_by_its_likeliest_class() -> None:
    """And by what a user gets."""
    images = [LabelledImage(Path("a"), 0), LabelledImage(Path("b"), 2)]
    policy = colour_manifest(task=Task.of("colour"), rejection=Rejection(), detector=DetectorConfig())
    metrics, delivered = (one(OUTPUTS, images, policy) for one in (measure_outputs, delivered_of))
    assert isinstance(metrics, ClassificationMetrics)
    assert (0.5, 0.5) == (metrics.top1, getattr(delivered, "right", None))
