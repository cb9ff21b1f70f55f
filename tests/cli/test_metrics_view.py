"""Accuracy by class on a terminal."""

import numpy as np
import pytest

from edgebreed.commands.metrics_view import print_classes
from edgebreed.train.classification_metrics import measure


def printed(capsys: pytest.CaptureFixture[str], classes: int, name: str = "[c{}]") -> str:
    """What is printed of one image a class, of which the second is predicted as the first."""
    rows = np.eye(classes, dtype=np.float32)
    rows[1] = rows[0]
    names = tuple(name.format(number) for number in range(classes))
    print_classes(measure(rows, np.arange(classes), names))
    return " ".join(capsys.readouterr().out.replace("\u2502", " ").split())


def test_every_class_and_the_matrix_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Up to twelve classes; names are no markup."""
    text = printed(capsys, 3)
    assert "[c0] 1 100.0% 20.7% to 100.0% 50.0% 66.7%" in text
    assert "[c1] 1 0.0% 0.0% to 79.3% - 0.0%" in text
    assert "2 [c1] 1 . ." in text


def test_of_many_classes_the_weakest_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Thirteen columns do not fit a terminal."""
    text = printed(capsys, 13)
    assert text.startswith("weakest: [c1] 0.0% of 1, [c0] 100.0% of 1")
    assert "confusion" not in text


@pytest.mark.parametrize("classes", [3, 13])
def test_names_of_any_characters_are_shown_as_they_are_written(
    capsys: pytest.CaptureFixture[str], classes: int
) -> None:
    """None is markup, breaks a line or steers the terminal."""
    text = printed(capsys, classes, "[/]\x1b[31m\n\u202e{}")
    assert r"[/]\x1b[31m\n\u202e1" in text
    assert text.isprintable()
