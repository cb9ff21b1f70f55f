"""The report of a run."""

import html
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.text import printable
from edgebreed.train.classification_metrics import ClassificationMetrics, measure
from edgebreed.train.report_data import ClassifiedImages, ReportData
from edgebreed.train.run_report import add_corruptions, draw_run, left_out_groups, report_page

from ..conftest import RED, plain
from ..live.browser import Browser
from .report_run import ROWS, classified, report_data

SVG = "http://www.w3.org/2000/svg"


def metrics_of(tested: ClassifiedImages) -> ClassificationMetrics:
    """The images' metrics."""
    return measure(tested.probabilities, tested.labels, tested.names)


def report_of(tmp_path: Path, names: tuple[str, ...], labels: tuple[int, ...] = (0, 0, 0)) -> ReportData:
    """Three red images, the last two predicted as the second class."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    return report_data(classified(labels, ROWS, names, tmp_path / "p.png"))


def page_of(tmp_path: Path, names: tuple[str, ...], labels: tuple[int, ...] = (0, 0, 0)) -> str:
    """The page of these images."""
    return report_page(report_of(tmp_path, names, labels))


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    """Images are embedded, both themes are there, names are escaped, mistakes are shown."""
    page = page_of(tmp_path, ("a <&>", "b"))
    assert '<b>a &lt;&amp;&gt;</b> taken for <b class="predicted">b</b>' in page
    assert "2 of 3 test images" in page
    assert 3 == page.count('<img src="data:image/jpeg;base64,') == page.count("<img")
    assert "prefers-color-scheme: dark" in page
    assert "http" not in page.replace(SVG, "")


def test_the_page_begins_with_key_figures(tmp_path: Path) -> None:
    """Top-1 with its interval, what a user gets, calibration, classes and images."""
    page = page_of(tmp_path, ("a", "b"), (0, 0, 1))
    head = page[page.index("<main>") : page.index("What this means")]
    for text in ("66.7%", "20.8% to 93.9% with 95% confidence", "right 66.7%", "wrong 33.3%"):
        assert text in head
    assert "person" not in head
    assert "20 train, 3 test" in head


def test_the_calibration_error_is_written_as_the_terminal_writes_it(tmp_path: Path) -> None:
    """And in points; a network that diverged has none."""
    page = page_of(tmp_path, ("a", "b"))
    tile = re.findall(
        r'Calibration error</div><div class="value">(.*?)</div>.*?<p>(.*?)</p>', page, re.DOTALL
    )
    assert [("0.533", "how far probabilities are from the accuracy on average (ECE): 53.3 points")] == tile
    report = report_data(classified((0, 1), np.full((2, 2), np.nan, np.float32), image=tmp_path / "p.png"))
    assert not re.search(r"\bnan\b", report_page(report))


def test_the_page_names_what_was_not_tested(tmp_path: Path) -> None:
    """Above everything, and in the table of the classes."""
    page = page_of(tmp_path, ("a", "b"))
    assert "No test image shows 1 of 2 classes" in page
    assert "no test image</td>" in page
    assert "1 without a test image" in page
    other = page_of(tmp_path, ("a", "b"), (0, 1, 1))
    assert "No test image shows" not in other
    assert "all of them tested" in other


def test_a_matrix_has_numbers_and_that_of_many_classes_is_drawn(tmp_path: Path) -> None:
    """A hundred columns of counts can be scrolled through, more cannot."""
    small = page_of(tmp_path, tuple(f"class {number}" for number in range(100)))
    assert '<td class="wrong-3" title="class 0 taken for class 1: 2 of 3">2</td>' in small
    large = page_of(tmp_path, tuple(f"class {number}" for number in range(101)))
    assert '<table class="matrix' not in large
    assert 'aria-label="Confusion matrix of 101 classes"' in large


@pytest.mark.parametrize(
    "name",
    ["cost $x$_{", "$\\frac{$", "b\udcff.", "\u72ac", "two\nlines", "x" * 255, "<&\x1b", "{{ 7 * 7 }}"],
)
def test_any_name_is_on_the_page(tmp_path: Path, name: str) -> None:
    """A formula, bytes that are no UTF-8, control characters, whatever a folder may be called."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    report = report_data(classified((1,), ROWS[:1], (name, "b"), tmp_path / "p.png"))
    report = replace(report, record=replace(report.record, data=f"/data/{name}"))
    (tmp_path / "report.html").write_text(report_page(report), "utf-8", errors="backslashreplace")
    add_corruptions(tmp_path / "report.html", report.metrics, {name: 0.5}, "/data")
    written = (tmp_path / "report.html").read_bytes().decode()
    assert written.count(html.escape(printable(name)).replace("&#x27;", "&#39;")) >= 8


def test_what_was_left_out_is_listed(tmp_path: Path) -> None:
    """By reason, with the first files; where there are more, it says how many."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    report = report_data(
        classified(image=tmp_path / "p.png"),
        dropped={"undecodable": 3, "excluded": 0, "negatives": 1},
        dropped_files={"undecodable": ["/data/a/x.png"], "negatives": ["/other/y.png"]},
        left_out={"heic": ["/data/z.heic"]},
        left_out_counts={"heic": 1},
    )
    assert [
        ("Images that do not decode: 3", ["a/x.png"], 2),
        ("Negatives that look like a class: 1", ["/other/y.png"], 0),
        ("Files in HEIC: convert to JPEG: 1", ["z.heic"], 0),
    ] == [(group["reason"], group["files"], group["more"]) for group in left_out_groups(report)]
    page = report_page(report)
    assert "<li>a/x.png</li>" in page
    assert "2 more are not listed here." in page


def test_the_plots_lie_beside_the_page(tmp_path: Path) -> None:
    """As pictures for slides."""
    draw_run(tmp_path, report_of(tmp_path, ("a", "b")))
    for name in ("curves", "calibration", "confusion"):
        assert cv2.imread(str(tmp_path / f"{name}.png")) is not None
    assert "CNN from scratch on data" in (tmp_path / "report.html").read_text()


def test_a_second_evaluation_replaces_the_table_of_corruptions(tmp_path: Path) -> None:
    """The rest of the page stays; every share has its interval."""
    page = tmp_path / "report.html"
    page.write_text("before<!-- corruptions -->after")
    metrics = metrics_of(classified((0, 1, 1, 0), ROWS[[0, 1, 1, 1]]))
    for top1 in (0.5, 0.25):
        add_corruptions(page, metrics, {"as they are": 0.75, "blur": top1}, "/data")
    text = page.read_text()
    assert (1, 0, 1) == tuple(text.count(f"{share} of 4 (") for share in ("25.0%", "50.0%", "75.0%"))
    assert "4 images of <code>/data</code>" in text
    assert text.startswith("before<!--")
    assert text.endswith("-->after")


def test_a_page_without_a_place_for_the_table_stays_as_it_is(tmp_path: Path) -> None:
    """Somebody else's, in any encoding; what follows the table in a run's own report may be in any too."""
    page, metrics = tmp_path / "report.html", metrics_of(classified((0, 1), ROWS[:2]))
    page.write_bytes(b"<html>caf\xe9</html>")
    add_corruptions(page, metrics, {"blur": 0.5}, "/data")
    assert b"<html>caf\xe9</html>" == page.read_bytes()
    page.write_bytes(b"<html><!-- corruptions -->caf\xe9</html>")
    add_corruptions(page, metrics, {"blur": 0.5}, "/data")
    assert page.read_bytes().endswith(b"<!-- corruptions -->caf\xe9</html>")


def test_a_report_takes_the_table_of_corruptions(tmp_path: Path) -> None:
    """Between its own parts."""
    report = report_of(tmp_path, ("a", "b"))
    draw_run(tmp_path, report)
    add_corruptions(tmp_path / "report.html", report.metrics, {"blur": 1 / 3}, "/data")
    text = (tmp_path / "report.html").read_text()
    assert (
        text.index("Accuracy by class") < text.index("Top-1 under corruptions") < text.index("confused pairs")
    )


@pytest.mark.browser
def test_the_classes_can_be_sorted_and_filtered(tmp_path: Path) -> None:
    """The weakest come first, then as the reader asks."""
    names = tuple(f"class {number:02}" for number in range(30))
    (tmp_path / "report.html").write_text(page_of(tmp_path, names, (0, 1, 2)))
    first = "document.querySelector('#classes tbody tr:not([hidden]) th').textContent"
    with Browser() as browser:
        browser.open((tmp_path / "report.html").as_uri())
        browser.wait("document.readyState === 'complete'")  # the script stands at the end
        assert "class 02" == browser.value(first)
        browser.value("document.querySelector('#classes thead button').click()")
        assert "class 00" == browser.value(first)
        browser.value("document.querySelector('#classes thead button').click()")
        assert "class 29" == browser.value(first)
        browser.value("filter.value = '17'; filter.dispatchEvent(new Event('input'))")
        assert "class 17" == browser.value(first)


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_cut_on_a_phone(tmp_path: Path, dark: bool) -> None:
    """Wide tables scroll inside their cards, also with long names."""
    (tmp_path / "report.html").write_text(page_of(tmp_path, ("x" * 255, *(f"b {n}" for n in range(40)))))
    with Browser() as browser:
        browser.open((tmp_path / "report.html").as_uri(), width=390, dark=dark)
        assert browser.wait("document.readyState === 'complete' && document.querySelector('footer') !== null")
        assert 390 == browser.value("document.documentElement.scrollWidth")
        colour = browser.value("getComputedStyle(document.body).backgroundColor")
        assert ("rgb(18, 20, 22)" if dark else "rgb(244, 242, 238)") == colour


@pytest.mark.browser
def test_a_long_name_leaves_the_page_its_width(tmp_path: Path) -> None:
    """The class that a class is taken for is wrapped, and a caption is not squeezed beside its pictures."""
    (tmp_path / "report.html").write_text(page_of(tmp_path, ("a", "x" * 255)))
    width = "document.querySelector('{}').getBoundingClientRect().width"
    with Browser() as browser:
        browser.open((tmp_path / "report.html").as_uri(), width=320)
        assert browser.wait("document.querySelector('footer') !== null")
        assert browser.value(width.format("#classes .taken-for")) <= 260
        assert browser.value(width.format(".pairs figcaption")) > 200


def test_counts_of_thousands_are_written_alike(tmp_path: Path) -> None:
    """With a comma, wherever they stand."""
    labels = tuple(number % 2 for number in range(1500))
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    report = report_data(classified(labels, np.tile(ROWS[:1], (1500, 1)), image=tmp_path / "p.png"))
    (tmp_path / "report.html").write_text(report_page(report))
    add_corruptions(tmp_path / "report.html", report.metrics, {"blur": 0.5}, "/data")
    page = (tmp_path / "report.html").read_text()
    assert "1,500" in page
    assert not re.search(r"\b1500\b", page)
