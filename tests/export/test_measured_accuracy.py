"""The accuracy of an exported file on labelled images."""

from pathlib import Path

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.manifest import Accuracy, DetectorConfig
from edgebreed.edge.task import Task
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.parity import ParityReport
from edgebreed.export.reference_images import LabelledReferenceImages
from edgebreed.train.accuracy_text import accuracy_of
from edgebreed.train.dataset import LabelledImage, targets_of
from edgebreed.train.delivered import Delivered

from ..conftest import colour_manifest


def test_what_the_file_says_of_itself_is_what_was_measured() -> None:
    """By the likeliest class, and as delivered: an answer below the threshold is withheld."""
    outputs = ModelOutputs(np.array([[0.9, 0.1, 0], [0.4, 0.3, 0.3], [0.1, 0.9, 0]], np.float32))
    images = [LabelledImage(Path("x.png"), label) for label in (0, 0, 2)]
    manifest = colour_manifest(task=Task.of("colour", people=False))
    report = ParityReport("test", 3, 1.0, 0.0, 1.0, 2 / 3)
    measured = MeasuredAccuracy.of(report, outputs, images, manifest)
    assert Accuracy("test", 3, 2 / 3, 1.0) == measured.accuracy
    assert 2 / 3 == accuracy_of(measured.metrics)
    assert Delivered(1 / 3, 1 / 3, 1 / 3, 0.0) == measured.delivered


def test_of_a_multi_label_file_the_mean_average_precision_is_kept_too() -> None:
    """Beside its subset accuracy; there is nothing else that a user gets."""
    outputs = ModelOutputs(np.array([[0.9, 0.1, 0.1], [0.9, 0.8, 0.2]], np.float32))
    images = [LabelledImage(Path("x.png"), 0, (0,)), LabelledImage(Path("y.png"), 0, (0,))]
    task = Task.of("colour", multi_label=True)
    manifest = colour_manifest(task=task, thresholds=(0.5, 0.5, 0.5), detector=DetectorConfig())
    report = LabelledReferenceImages(
        "test", tuple(image.path for image in images), outputs, targets_of(images, 3)
    ).compare(outputs, manifest)
    measured = MeasuredAccuracy.of(report, outputs, images, manifest)
    assert None is measured.delivered
    assert Accuracy("test", 2, 0.5, 0.5, 1.0, 1.0) == measured.accuracy
