"""The report of a run."""

import html
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.train.dataset import LabelledImage
from edgebreed.train.run_report import (
    ClassifiedImages,
    add_corruptions,
    confused_pairs,
    save_calibration,
    save_confusion,
    save_curves,
    write_report,
)

from ..conftest import RED, plain

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], np.float32)


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    """Plots are embedded, names are escaped, mistakes are shown."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    images = [LabelledImage(tmp_path / "p.png", label) for label in (0, 0, 0)]
    tested = ClassifiedImages(images, ROWS, ("a <&>", "b"))
    history = {name: [0.5, 0.4] for name in ("loss", "val_loss", "accuracy", "val_accuracy")}
    save_curves(history, tmp_path / "curves.png")
    save_calibration(ROWS, np.array([0, 0, 0]), tmp_path / "calibration.png")
    save_confusion(np.array([[1, 2], [0, 0]]), tested.names, tmp_path / "confusion.png")
    write_report(tmp_path / "report.html", "a run", {"top-1": "33 %"}, tested)
    page = (tmp_path / "report.html").read_text()
    assert "a &lt;&amp;&gt;, predicted b (2 times)" in page
    assert 4 == page.count("data:image/png;base64,")
    assert "http" not in page


@pytest.mark.parametrize(
    "name", ["cost $x$_{", "$\\frac{$", "b\udcff.", "\u72ac", "two\nlines", "x" * 255, "<&\x1b"]
)
def test_any_name_is_drawn(tmp_path: Path, name: str) -> None:
    """A formula, bytes that are no UTF-8, a script that the font lacks, whatever a folder may be called."""
    save_confusion(np.eye(2, dtype=np.int64), (name, "b"), tmp_path / "confusion.png")
    assert cv2.imread(str(tmp_path / "confusion.png")) is not None
    for plot in ("curves.png", "calibration.png"):
        (tmp_path / plot).write_bytes(b"")
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    tested = ClassifiedImages([LabelledImage(tmp_path / "p.png", 1)], ROWS[:1], (name, "b"))
    write_report(tmp_path / "report.html", name, {name: name}, tested)
    add_corruptions(tmp_path / "report.html", 0.5, {"blur": 0.5})
    page = (tmp_path / "report.html").read_bytes().decode()
    assert 6 == page.count(html.escape(name.replace("\udcff", "\\udcff")))


def test_a_plot_of_many_classes_has_an_end(tmp_path: Path) -> None:
    """Nor does it take all memory."""
    save_confusion(np.eye(2000, dtype=np.int64), tuple(map(str, range(2000))), tmp_path / "confusion.png")
    plot = cv2.imread(str(tmp_path / "confusion.png"))
    assert plot is not None
    assert 5000 > max(plot.shape)


def test_pairs_are_counted_and_a_flawless_run_has_none() -> None:
    """Most frequent first."""
    images = [LabelledImage(Path("x"), label) for label in (0, 0, 1)]
    assert [(0, 1, 1)] == confused_pairs(ClassifiedImages(images, ROWS[[0, 1, 1]], ("a", "b")))
    assert [] == confused_pairs(ClassifiedImages(images, ROWS[[0, 0, 1]], ("a", "b")))


def test_a_second_evaluation_replaces_the_table_of_corruptions(tmp_path: Path) -> None:
    """The rest of the page stays."""
    page = tmp_path / "report.html"
    page.write_text("before<!-- corruptions -->after")
    for top1 in (0.5, 0.25):
        add_corruptions(page, 0.75, {"blur": top1})
    text = page.read_text()
    assert (1, 0, 1) == tuple(text.count(share) for share in ("25.0%", "50.0%", "75.0%"))
    assert text.startswith("before<!--")
    assert text.endswith("-->after")
