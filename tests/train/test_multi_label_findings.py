"""What the measurements of a multi-label run mean."""

from dataclasses import replace

import numpy as np

from edgebreed.train.multi_label_findings import multi_label_findings
from edgebreed.train.multi_label_metrics import MultiLabelMetrics, measure_labels
from edgebreed.train.run_record import TrainResult

from .report_run import classified, report_data

RESULT = replace(report_data(classified()).result, unknown="'no defect' below 0.5")
SHOWN = np.array([[1, 0, 0], [0, 1, 0]] * 40)


def metrics_of(stain: float) -> MultiLabelMetrics:
    """Cracks are always found; stains by this probability where there is one, and 0.5 elsewhere."""
    rows = np.where(SHOWN, 0.9, 0.1).astype(np.float32)
    rows[:, 1] = np.where(SHOWN[:, 1], stain, 0.5)
    return measure_labels(rows, SHOWN, ("crack", "stain", "rust"), (0.5, 0.5, 0.5))


def told(metrics: MultiLabelMetrics, result: TrainResult = RESULT) -> str:
    """All findings in one text."""
    found = multi_label_findings(result, metrics)
    return " ".join(f"{one.kind}: {one.title}. {one.text}" for one in found)


def test_a_label_that_is_found_as_by_chance_needs_attention() -> None:
    """Its images rank no higher than others."""
    text = told(metrics_of(stain=0.4))
    assert text.index("attention: 1 of 3 labels are hardly found better than by chance") < text.index("note:")
    assert "stain: their average precision is little above" in text


def test_what_no_image_shows_is_named() -> None:
    """And the lowest average precision where all labels are found."""
    text = told(metrics_of(stain=0.8))
    assert "No test image shows 1 of 3 labels. No image shows rust" in text
    assert "The lowest average precision. crack 100.0%, stain 100.0%." in text
    assert "When nothing is found. 'no defect' below 0.5." in text


def test_few_images_and_thresholds_that_were_not_measured_are_told() -> None:
    """With numbers."""
    few = measure_labels(np.full((5, 1), 0.9, np.float32), np.ones((5, 1), int), ("crack",), (0.5,))
    text = told(few, replace(RESULT, thresholds_reason="too few for crack", interrupted=True))
    assert "Fewer than 30 test images show 1 of 1 labels. crack (5)" in text
    assert "attention: Not every threshold was measured. too few for crack" in text
    assert "The training was interrupted" in text
