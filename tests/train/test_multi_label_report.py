"""The report of a multi-label run."""

import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.task import Task
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.multi_label_metrics import measure_labels
from edgebreed.train.multi_label_report import (
    MultiLabelReport,
    draw_multi_label_run,
    label_rows_of,
    multi_label_page,
    surest_label_mistakes,
)

from ..conftest import RED, plain
from ..live.browser import Browser
from .report_run import classified, report_data

LABELS = ("crack", "<b>rust</b>", "stain")
ROWS = np.array([[0.9, 0.2, 0.8], [0.1, 0.2, 0.9], [0.4, 0.1, 0.2]], np.float32)
SHOWN = ((0,), (2,), (0,))


@pytest.fixture
def report(tmp_path: Path) -> MultiLabelReport:
    """Three red images: one wrong label was found, one right label missed, and no image shows rust."""
    cv2.imwrite(str(tmp_path / "p.png"), plain(RED))
    images = [LabelledImage(tmp_path / "p.png", shown[0], shown) for shown in SHOWN]
    targets = np.array([[int(at in shown) for at in range(3)] for shown in SHOWN])
    metrics = measure_labels(ROWS, targets, LABELS, (0.5, 0.5, 0.5))
    single = report_data(classified())
    record = replace(
        single.record,
        classes=LABELS,
        labels=LABELS,
        task=Task.of(None, multi_label=True),
        thresholds=(0.5, 0.5, 0.5),
    )
    result = replace(single.result, test=metrics, delivered=None, unknown="nothing below 0.5")
    counts: dict[str, tuple[int, ...]] = {"train": (9, 4, 7), "test": (2, 0, 1)}
    return MultiLabelReport(record, result, metrics, images, ROWS, counts, {"train": 20, "test": 3})


def test_labels_stand_by_average_precision_and_untested_ones_last(report: MultiLabelReport) -> None:
    """With the number of images that show them."""
    rows = label_rows_of(report)
    assert LABELS[1] == rows[-1].name
    assert {"train": 4, "test": 0} == rows[-1].images
    known = [row.scores.average_precision for row in rows[:-1]]
    assert sorted(known, key=lambda value: value or 0) == known


def test_the_surest_mistake_comes_first(report: MultiLabelReport) -> None:
    """A label that was found in an image that does not show it, or missed in one that does."""
    mistakes = [(one.label, one.found) for one in surest_label_mistakes(report)]
    assert [("stain", True), ("crack", False)] == mistakes


def test_the_page_is_one_file_that_shows_every_label(report: MultiLabelReport) -> None:
    """Names are escaped, and there is no confusion matrix."""
    page = multi_label_page(report)
    assert "&lt;b&gt;rust&lt;/b&gt;" in page
    assert "<b>rust</b>" not in page
    assert "no test image" in page
    assert "Confusion matrix" not in page
    assert [] == re.findall(r'(?:src|href)="(?!data:)', page)


def test_it_is_written_with_the_learning_curves(report: MultiLabelReport, tmp_path: Path) -> None:
    """Beside one another."""
    draw_multi_label_run(tmp_path, report)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "Accuracy by label" in (tmp_path / "report.html").read_text()


@pytest.mark.browser
def test_the_table_is_sorted_by_a_click(report: MultiLabelReport, tmp_path: Path) -> None:
    """By any column, as in the report of single-label runs."""
    draw_multi_label_run(tmp_path, report)
    names = "[...document.querySelectorAll('#classes tbody th')].map(one => one.textContent)"
    with Browser() as browser:
        browser.open((tmp_path / "report.html").as_uri())
        browser.wait("document.readyState === 'complete'")  # the script stands at the end
        browser.value("document.querySelector('#classes thead button').click()")
        assert sorted(LABELS) == browser.value(names)
