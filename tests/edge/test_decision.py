"""Dog, human or neither."""

import numpy as np
import pytest

from edgebreed.edge.boxes import Box
from edgebreed.edge.decision import decide, scores, top_guesses
from edgebreed.edge.engines import Answers
from edgebreed.edge.manifest import Rejection, RejectionScore
from edgebreed.edge.result import Kind

from ..conftest import colour_manifest

SURE = np.array([[0.9, 0.05, 0.05]], np.float32)
UNSURE = np.array([[0.4, 0.3, 0.3]], np.float32)
FACE: Box = (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("probabilities", "faces", "kind"),
    [
        (SURE, [], Kind.DOG),
        (SURE, [FACE], Kind.DOG),
        (UNSURE, [FACE], Kind.HUMAN),
        (UNSURE, [], Kind.NEITHER),
    ],
)
def test_the_network_speaks_first_then_the_faces(
    probabilities: np.ndarray, faces: list[Box], kind: Kind
) -> None:
    """A dog beside its owner is a dog; a person without one is a person."""
    assert kind is decide(Answers(probabilities), faces, colour_manifest())


def test_a_second_output_replaces_the_largest_probability() -> None:
    """Where the model has one and its manifest says so."""
    known = Rejection(RejectionScore.KNOWN, 0.5, 0.99)
    outputs = Answers(SURE, np.array([0.2], np.float32))
    assert 0.2 == pytest.approx(scores(outputs, known)[0])
    assert Kind.NEITHER is decide(outputs, [], colour_manifest(rejection=known))


def test_guesses_come_likeliest_first_and_at_most_five() -> None:
    """Ties keep the order of the classes."""
    row = np.array([0.1, 0.2, 0.2, 0.1, 0.3, 0.05, 0.05], np.float32)
    assert ["e", "b", "c", "a", "d"] == [guess.breed for guess in top_guesses(row, tuple("abcdefg"))]
