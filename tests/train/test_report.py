"""A run as one page."""

from pathlib import Path

import cv2
import numpy as np

from edgebreed.train.dataset import Photo
from edgebreed.train.plots import save_calibration, save_confusion, save_curves
from edgebreed.train.report import Answered, confused_pairs, write_report

from ..conftest import RED, plain

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], np.float32)


def test_the_page_needs_nothing_beside_it(tmp_path: Path) -> None:
    """Pictures are inside, names are escaped, mistakes are shown."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    photos = [Photo(tmp_path / "p.png", label) for label in (0, 0, 0)]
    answered = Answered(photos, ROWS, ("Pug <&>", "Boxer"))
    history = {name: [0.5, 0.4] for name in ("loss", "val_loss", "accuracy", "val_accuracy")}
    save_curves(history, tmp_path / "curves.png")
    save_calibration(ROWS, np.array([0, 0, 0]), tmp_path / "calibration.png")
    save_confusion(np.array([[1, 2], [0, 0]]), answered.names, tmp_path / "confusion.png")
    write_report(tmp_path / "report.html", "a run", {"top-1": "33 %"}, answered)
    page = (tmp_path / "report.html").read_text()
    assert "Pug &lt;&amp;&gt;, answered Boxer (2 times)" in page
    assert 4 == page.count("data:image/png;base64,")
    assert "http" not in page


def test_pairs_are_counted_and_a_flawless_run_has_none() -> None:
    """Most frequent first."""
    photos = [Photo(Path("x"), label) for label in (0, 0, 1)]
    assert [(0, 1, 1)] == confused_pairs(Answered(photos, ROWS[[0, 1, 1]], ("a", "b")))
    assert [] == confused_pairs(Answered(photos, ROWS[[0, 0, 1]], ("a", "b")))
