"""Images with the float model's outputs for them."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.export.parity import ParityReport
from edgebreed.export.reference_images import LabelledReferenceImages, ReferenceImages, evenly_spaced

from ..conftest import colour_manifest

PATHS = tuple(Path(f"{number}.png") for number in range(4))
RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
FLOAT = ModelOutputs(np.array([RED, RED, GREEN, GREEN], np.float32))
OTHER = ModelOutputs(np.array([RED, GREEN, GREEN, GREEN], np.float32))


def test_without_labels_answers_are_compared() -> None:
    """No accuracy is claimed."""
    report = ReferenceImages("measured", PATHS, FLOAT).compare(OTHER, colour_manifest())
    assert (4, 0.75, False) == (report.n, report.agreement, isinstance(report, ParityReport))


def test_with_labels_accuracies_are_compared_too() -> None:
    """The float model is right on all four."""
    images = LabelledReferenceImages("test", PATHS, FLOAT, np.array([0, 0, 1, 1]))
    report = images.compare(OTHER, colour_manifest())
    assert (1.0, 0.75, "Red") == (report.float_top1, report.exported_top1, report.losses[0].label)


def test_a_part_keeps_what_belongs_to_its_images() -> None:
    """Outputs, scores and labels."""
    scored = ModelOutputs(FLOAT.probabilities, np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    part = LabelledReferenceImages("test", PATHS, scored, np.array([0, 0, 1, 1])).some(2)
    assert isinstance(part, LabelledReferenceImages)
    assert ((PATHS[0], PATHS[3]), [0, 1]) == (part.paths, part.labels.tolist())
    assert part.outputs.in_distribution == pytest.approx([0.1, 0.4])
    np.testing.assert_array_equal([RED, GREEN], part.outputs.probabilities)


def test_a_file_is_run_on_the_images(photo: Path) -> None:
    """A row for each of them."""
    images = ReferenceImages("measured", (photo, photo), FLOAT.rows(0, 2))
    outputs = images.run(FixedEngine(np.array(GREEN, np.float32)), colour_manifest())
    assert [1, 1] == outputs.probabilities.argmax(axis=1).tolist()


def test_places_are_evenly_spaced() -> None:
    """All of them where there are fewer than asked for."""
    assert [0, 4, 9] == evenly_spaced(10, 3)
    assert [0, 1] == evenly_spaced(2, 5)
