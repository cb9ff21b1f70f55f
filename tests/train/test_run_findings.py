"""What a run's measurements mean, in sentences."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.task import Rejection
from edgebreed.train.delivered import Delivered
from edgebreed.train.report_data import ReportData
from edgebreed.train.run_findings import Finding, FindingKind, findings

from .report_run import HISTORY, classified, report_data


def report_of(rights: int, wrongs: int, confidence: float = 0.9, **changed: Any) -> ReportData:
    """A run with so many right and wrong answers of equal confidence, half of each class."""
    labels = tuple(number % 2 for number in range(rights + wrongs))
    best = [label if number < rights else 1 - label for number, label in enumerate(labels)]
    rows = np.where(np.eye(2)[best] > 0, confidence, 1 - confidence).astype(np.float32)
    return report_data(classified(labels, rows), **changed)


def titles(report: ReportData, kind: FindingKind) -> str:
    """The titles of the findings of a kind."""
    return "; ".join(finding.title for finding in findings(report) if finding.kind is kind)


def finding(report: ReportData, title: str) -> Finding:
    """The finding whose title begins so."""
    return next(one for one in findings(report) if one.title.startswith(title))


def test_a_good_run_is_called_good() -> None:
    """Accurate on many images, calibrated, not overfitted, with a threshold."""
    rejection = Rejection(threshold=0.5, kept=0.99, false_positive_rate=0.02, negatives=50)
    report = report_of(450, 50, rejection=rejection, unknown="'unknown' below 0.5")
    good = titles(report, FindingKind.GOOD)
    for words in ("Right on 90.0% of 500", "No sign of overfitting", "Probabilities can be", "'unknown'"):
        assert words in good
    assert "" == titles(report, FindingKind.ATTENTION)


def test_few_test_images_leave_the_accuracy_open() -> None:
    """The interval says how open."""
    text = finding(report_of(9, 1), "Right on 90.0% of 10").text
    assert "anything from 59.6% to 98.2%" in text


def test_guessing_is_called_guessing() -> None:
    """Half of two classes are right by always answering the same."""
    assert "always answering the most frequent class" in finding(report_of(10, 10), "Right on").text


def test_classes_without_test_images_are_named() -> None:
    """Nothing is known of them, and no percentage is claimed."""
    report = report_data(classified((0, 0, 0)))
    found = finding(report, "No test image shows 1 of 2 classes")
    assert "No image shows b: nothing is known of its accuracy." in found.text
    assert "Right on" not in titles(report, FindingKind.GOOD)


def test_a_weak_class_is_named_only_beyond_chance() -> None:
    """One of 40 classes with 3 of 5 right happens by chance; 0 of 20 does not."""
    weak = tuple([0] * 20 + [1] * 20)
    rows = np.tile(np.array([[0.1, 0.9]], np.float32), (40, 1))
    found = finding(report_data(classified(weak, rows)), "1 of 2 classes recognised less")
    assert found.text.startswith("a (0.0% of 20)")
    assert "The lowest recall: " in finding(report_of(9, 1), "No class is weaker").text


def test_a_repeated_mistake_leads_to_the_label_check() -> None:
    """The command is for the run's data."""
    found = finding(report_of(10, 4), "The same mistake")
    assert "a as b (2 of 7)" in found.text
    assert "edgebreed data check /data --labels --save findings" == found.command
    assert "The same mistake" not in titles(report_of(10, 2), FindingKind.NOTE)


def test_a_gap_to_validation_is_overfitting() -> None:
    """Both accuracies stand beside it."""
    history = {**HISTORY, "accuracy": [1.0], "val_accuracy": [0.6]}
    text = finding(report_of(9, 1, history=history), "The network knows its training").text
    assert "100.0% of the training images and 60.0% of the validation images" in text


def test_a_loss_that_still_fell_asks_for_more_epochs() -> None:
    """Twice as many; one whose lowest is behind it does not."""
    assert "--epochs 6" in finding(report_of(9, 1), "It was still learning").text
    history = {**HISTORY, "val_loss": [0.6, 0.5, 0.7]}
    assert "still learning" not in titles(report_of(9, 1, history=history), FindingKind.NOTE)


@pytest.mark.parametrize("field", ["history", "fine_tune_history"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_fit_that_diverged_is_not_praised(field: str, value: float) -> None:
    """It needs attention, and neither more epochs nor a gap of nothing are read from its curves."""
    history = {**HISTORY, "loss": [0.9, value, value], "val_loss": [0.8, 0.7, value]}
    changed: dict[str, Any] = {field: history}
    report = report_of(9, 1, **changed)
    found = finding(report, "The training diverged")
    assert FindingKind.ATTENTION is found.kind
    assert f"In {'epoch' if field == 'history' else 'pass of the fine-tuning'} 2 the loss" in found.text
    praise = titles(report, FindingKind.GOOD) + titles(report, FindingKind.NOTE)
    for words in ("No sign of overfitting", "still learning"):
        assert (words in praise) == (field != "history")


def test_probabilities_that_are_no_numbers_are_told() -> None:
    """Those of the other images say nothing about the calibration then."""
    rows = np.array([[0.9, 0.1], [np.nan, np.nan], [0.2, 0.8]], np.float32)
    report = report_data(classified((0, 1, 1), rows))
    assert "No probabilities for 1 of 3 test images" in titles(report, FindingKind.ATTENTION)
    assert "Probabilities" not in titles(report, FindingKind.ATTENTION).replace("No prob", "")


def test_probabilities_are_compared_with_the_accuracy() -> None:
    """Too high, too low; nothing is wrong where they agree."""
    assert "Probabilities are too high" in titles(report_of(50, 50, 0.95), FindingKind.ATTENTION)
    assert "Probabilities are too low" in titles(report_of(100, 0, 0.6), FindingKind.ATTENTION)
    assert (
        "by 40.0 points on average (ECE 0.400)" in finding(report_of(100, 0, 0.6), "Probabilities are").text
    )


def test_few_images_do_not_condemn_the_probabilities() -> None:
    """On ten, perfect ones may differ as much: 9 of 10 are right with 0.8, 36 of 60 with 0.75 are too few."""
    assert (
        "on 10 images, perfect ones may differ" in finding(report_of(9, 1, 0.8), "Too few test images").text
    )
    assert "Probabilities are too high" in titles(report_of(36, 24, 0.75), FindingKind.ATTENTION)


def test_what_is_withheld_is_told() -> None:
    """And that nothing is ever unknown, with the reason."""
    assert "no negatives were given" in finding(report_of(9, 1), "No image is ever answered").text
    delivered = Delivered(0.8, 0.1, 0.1, 0.0)
    report = report_of(9, 1, rejection=Rejection(threshold=0.5), delivered=delivered)
    assert "10.0% of the test images are withheld" in titles(report, FindingKind.ATTENTION)


def test_only_a_measured_threshold_is_called_good() -> None:
    """One that was set by hand may let everything through; the command measures it."""
    by_hand = report_of(9, 1, rejection=Rejection(threshold=0.5, reason="set by hand"))
    measured = report_of(9, 1, rejection=Rejection(threshold=0.5, kept=0.97, false_positive_rate=0.01))
    assert "can be answered 'unknown'" not in titles(by_hand, FindingKind.GOOD)
    command = finding(by_hand, "How often images of other things").command
    assert "edgebreed evaluate /data --model runs/a --negatives others" == command
    assert "can be answered 'unknown'" in titles(measured, FindingKind.GOOD)


def test_the_rest_is_told_too() -> None:
    """An interrupted fit, files that were left out, classes with few training images."""
    report = report_of(9, 1, interrupted=True, dropped={"repeated": 2}, left_out_counts={"hidden": 1})
    report = replace(report, images_per_class={"train": (5, 50)})
    assert "The training was interrupted" in titles(report, FindingKind.ATTENTION)
    assert "3 files were left out" in titles(report, FindingKind.NOTE)
    assert "a has 5, b 50" in finding(report, "Some classes have far fewer").text
