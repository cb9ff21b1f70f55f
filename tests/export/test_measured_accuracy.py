"""The accuracy of an exported file on labelled images."""

from pathlib import Path

import numpy as np

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.manifest import Accuracy
from edgebreed.edge.task import Task
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.parity import ParityReport
from edgebreed.train.dataset import LabelledImage

from ..conftest import colour_manifest


def test_what_the_file_says_of_itself_is_what_was_measured() -> None:
    """By the likeliest class, and as delivered: an answer below the threshold is withheld."""
    outputs = ModelOutputs(np.array([[0.9, 0.1, 0], [0.4, 0.3, 0.3], [0.1, 0.9, 0]], np.float32))
    images = [LabelledImage(Path("x.png"), label) for label in (0, 0, 2)]
    manifest = colour_manifest(task=Task.of("colour", people=False))
    report = ParityReport("test", 3, 1.0, 0.0, 1.0, 2 / 3)
    measured = MeasuredAccuracy.of(report, outputs, images, manifest)
    assert Accuracy("test", 3, 2 / 3, 1.0) == measured.accuracy
    assert (2 / 3, 1 / 3, 1 / 3) == (
        measured.metrics.top1,
        measured.delivered.right,
        measured.delivered.withheld,
    )
