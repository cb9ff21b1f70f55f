"""Known class, person or unknown."""

import numpy as np
import pytest

from edgebreed.edge.boxes import Box
from edgebreed.edge.decision import (
    are_known,
    are_present,
    decide,
    present_labels,
    rejection_scores,
    top_predictions,
)
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.prediction import Kind
from edgebreed.edge.task import Rejection, RejectionScore

OUTPUTS = ModelOutputs(np.array([[0.9, 0.05, 0.05], [0.4, 0.3, 0.3]], np.float32))
HALF = Rejection(RejectionScore.MAX_PROBABILITY, 0.5)
FACE: Box = (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("known", "faces", "kind"),
    [
        (True, [], Kind.KNOWN),
        (True, [FACE], Kind.KNOWN),
        (True, None, Kind.KNOWN),
        (False, [FACE], Kind.PERSON),
        (False, [], Kind.UNKNOWN),
        (False, None, Kind.UNKNOWN),
    ],
)
def test_the_network_comes_before_faces(known: bool, faces: list[Box] | None, kind: Kind) -> None:
    """A dog beside its owner is a dog; where faces were not searched, nobody is a person."""
    assert kind is decide(known, faces)


def test_the_threshold_is_met_by_its_own_value() -> None:
    """The float32 score is compared with the threshold in float32."""
    assert [True, False] == are_known(OUTPUTS, HALF).tolist()
    assert are_known(OUTPUTS, Rejection(threshold=float(np.float32(0.9))))[0]


def test_without_a_threshold_every_image_is_known() -> None:
    """It is then answered with its most probable class."""
    assert are_known(OUTPUTS, Rejection()).all()


def test_a_second_output_replaces_the_largest_probability() -> None:
    """Where the model has one and its manifest says so."""
    outputs = OUTPUTS._replace(in_distribution=np.array([0.2, 0.7], np.float32))
    rejection = Rejection(RejectionScore.IN_DISTRIBUTION, 0.5)
    assert [0.2, 0.7] == pytest.approx(rejection_scores(outputs, rejection).tolist())
    assert [False, True] == are_known(outputs, rejection).tolist()
    assert [True, False] == are_known(outputs, HALF).tolist()


def test_a_score_that_is_no_number_is_unknown() -> None:
    """A comparison with NaN is never true."""
    outputs = ModelOutputs(np.full((1, 3), np.nan, np.float32))
    assert not are_known(outputs, HALF).any()


def test_predictions_come_most_probable_first_and_at_most_five() -> None:
    """Ties keep the order of the classes."""
    row = np.array([0.1, 0.2, 0.2, 0.1, 0.3, 0.05, 0.05], np.float32)
    assert ["e", "b", "c", "a", "d"] == [found.label for found in top_predictions(row, tuple("abcdefg"))]


def test_a_label_is_present_from_its_own_threshold_on() -> None:
    """The most probable one first, however many there are."""
    row = np.array([0.2, 0.9, 0.4, 0.6], np.float32)
    thresholds = (float(np.float32(0.2)), 0.95, 0.3, 0.5)
    assert [True, False, True, True] == are_present(row[None], thresholds)[0].tolist()
    found = present_labels(row, ("crack", "dent", "hole", "stain"), thresholds)
    assert ["stain", "hole", "crack"] == [one.label for one in found]


def test_a_probability_that_is_no_number_shows_no_label() -> None:
    """A comparison with NaN is never true."""
    assert () == present_labels(np.full(2, np.nan, np.float32), ("crack", "dent"), (0.0, 0.0))
