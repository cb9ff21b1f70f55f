"""The report of a run."""

import html
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.train.classification_metrics import ClassificationMetrics, measure
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.run_plots import Plot
from edgebreed.train.run_report import ClassifiedImages, add_corruptions, confused_pairs, report_page

from ..conftest import RED, plain

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], np.float32)
PLOTS = {name: Plot(b"light", b"dark") for name in ("curves", "calibration", "confusion")}


def metrics_of(tested: ClassifiedImages) -> ClassificationMetrics:
    """The images' metrics."""
    return measure(tested.probabilities, labels_of(tested.images), tested.names)


def page_of(tmp_path: Path, names: tuple[str, ...], labels: tuple[int, ...] = (0, 0, 0)) -> str:
    """The page of three red images, the last two predicted as the second class."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    images = [LabelledImage(tmp_path / "p.png", label) for label in labels]
    rows = np.zeros((3, len(names)), np.float32)
    rows[:, :2] = ROWS
    tested = ClassifiedImages(images, rows, names)
    return report_page("a run", {"top-1": "33.3%", "left out": ""}, metrics_of(tested), tested, PLOTS)


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    """Plots are embedded for both themes, names are escaped, mistakes are shown."""
    page = page_of(tmp_path, ("a <&>", "b"))
    assert "a &lt;&amp;&gt;, predicted b (2 times)" in page
    assert 5 == page.count("data:image/png;base64,")
    assert 2 == page.count('media="(prefers-color-scheme: dark)"')
    assert "http" not in page
    assert "left out" not in page


def test_the_page_names_what_was_not_tested(tmp_path: Path) -> None:
    """Above everything, and in the table of the classes."""
    page = page_of(tmp_path, ("a", "b"))
    assert "No test image shows 1 of 2 classes" in page
    assert "<td>b</td><td>0</td><td>not known</td>" in page
    assert "No test image shows" not in page_of(tmp_path, ("a", "b"), (0, 1, 1))


def test_a_small_matrix_has_numbers_and_a_large_one_is_a_picture(tmp_path: Path) -> None:
    """Twenty columns of counts can be read, sixty-four cannot."""
    small = page_of(tmp_path, tuple("abcdefghijklmnopqrst"))
    assert '<table class="matrix">' in small
    assert '/ 0.40)">2</td>' in small
    large = page_of(tmp_path, tuple(f"class {number}" for number in range(21)))
    assert '<table class="matrix">' not in large
    assert 'alt="confusion"' in large


@pytest.mark.parametrize(
    "name", ["cost $x$_{", "$\\frac{$", "b\udcff.", "\u72ac", "two\nlines", "x" * 255, "<&\x1b"]
)
def test_any_name_is_on_the_page(tmp_path: Path, name: str) -> None:
    """A formula, bytes that are no UTF-8, a script that the font lacks, whatever a folder may be called."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    tested = ClassifiedImages([LabelledImage(tmp_path / "p.png", 1)], ROWS[:1], (name, "b"))
    page = report_page(name, {name: name}, metrics_of(tested), tested, PLOTS)
    (tmp_path / "report.html").write_text(page, "utf-8", errors="backslashreplace")
    add_corruptions(tmp_path / "report.html", metrics_of(tested), {name: 0.5})
    written = (tmp_path / "report.html").read_bytes().decode()
    assert written.count(html.escape(name.replace("\udcff", "\\udcff"))) >= 8


def test_pairs_are_counted_and_a_flawless_run_has_none() -> None:
    """Most frequent first."""
    images = [LabelledImage(Path("x"), label) for label in (0, 0, 1)]
    assert [(0, 1, 1)] == confused_pairs(ClassifiedImages(images, ROWS[[0, 1, 1]], ("a", "b")))
    assert [] == confused_pairs(ClassifiedImages(images, ROWS[[0, 0, 1]], ("a", "b")))


def test_a_second_evaluation_replaces_the_table_of_corruptions(tmp_path: Path) -> None:
    """The rest of the page stays; every share has its interval."""
    page = tmp_path / "report.html"
    page.write_text("before<!-- corruptions -->after")
    images = [LabelledImage(Path("x"), label) for label in (0, 1, 1, 0)]
    metrics = metrics_of(ClassifiedImages(images, ROWS[[0, 1, 1, 1]], ("a", "b")))
    for top1 in (0.5, 0.25):
        add_corruptions(page, metrics, {"as they are": 0.75, "blur": top1})
    text = page.read_text()
    assert (1, 0, 1) == tuple(text.count(f"{share} of 4 (") for share in ("25.0%", "50.0%", "75.0%"))
    assert text.startswith("before<!--")
    assert text.endswith("-->after")
