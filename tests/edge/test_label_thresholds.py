"""The thresholds of a multi-label model."""

import pytest

from edgebreed.edge.label_thresholds import (
    check_label_thresholds,
    describe_label_thresholds,
    set_label_thresholds,
)
from edgebreed.edge.task import Task
from edgebreed.errors import InputError

LABELS = ("crack", "stain")


def test_a_threshold_by_hand_holds_for_every_label() -> None:
    """Without one, each label keeps its own."""
    assert (0.3, 0.7) == set_label_thresholds((0.3, 0.7), None)
    assert (0.6, 0.6) == set_label_thresholds((0.3, 0.7), "0.6")


@pytest.mark.parametrize("text", ["off", "2", "low"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    """`off` too, as an image may show none of the labels."""
    with pytest.raises(InputError, match=f"--unknown-below {text}: .*a score from 0 to 1"):
        set_label_thresholds((0.3, 0.7), text)


def test_only_a_multi_label_model_has_thresholds_and_one_for_each_label() -> None:
    """The error says what came."""
    several, single = Task.of(None, multi_label=True), Task.of(None)
    check_label_thresholds(several, LABELS, (0.3, 0.7))
    check_label_thresholds(single, LABELS, ())
    with pytest.raises(ValueError, match="1 thresholds for 2 classes of a multi-label model"):
        check_label_thresholds(several, LABELS, (0.3,))
    with pytest.raises(ValueError, match="2 thresholds for 2 classes of a single-label model"):
        check_label_thresholds(single, LABELS, (0.3, 0.7))


def test_thresholds_are_described_in_one_line() -> None:
    """Equal ones once."""
    assert "'no defect' where every label is below 0.500" == describe_label_thresholds(
        LABELS, (0.5, 0.5), "no defect"
    )
    assert describe_label_thresholds(LABELS, (0.3, 0.7), "no defect").endswith(
        "below its threshold: crack 0.300, stain 0.700"
    )
