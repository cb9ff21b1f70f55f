"""What a run's measurements mean, in sentences: what is good, what is not, and what to do about it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import percent
from edgebreed.str_enum import StrEnum
from edgebreed.train.classification_metrics import ECE_BINS, confidence_bins, largest_confusions
from edgebreed.train.config import History
from edgebreed.train.metrics_text import describe_untested, share_text
from edgebreed.train.report_data import ReportData
from edgebreed.train.train_command import label_check_command, quoted

WIDE_INTERVAL = 0.10  # of top-1; a wider one leaves open whether the model is good
NAMED = 5  # classes that a sentence names
LOWEST = 3  # classes that are named where none stands out
SIGNIFICANCE = 0.05  # of all classes together
OVERFIT = 0.10  # points of accuracy between training and validation images
CALIBRATED = 0.05  # expected calibration error
DRAWS = 200  # of answers, to see what chance does to that error
MANY_WITHHELD = 0.05  # share of the test images
IMBALANCE = 4  # times as many training images in the largest class as in the smallest
STILL_LEARNING = 2  # epochs that a curve needs before its end tells something


class FindingKind(StrEnum):
    """Whether a finding needs something to be done, in the order in which they are shown."""

    ATTENTION = "attention"
    GOOD = "good"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that was measured, in words.

    Attributes:
        kind: whether it needs attention.
        title: what was found, in a few words.
        text: what it means, and what to do.
        command: that does it; empty where there is none.
    """

    kind: FindingKind
    title: str
    text: str
    command: str = ""


def findings(report: ReportData) -> list[Finding]:
    """What the measurements of a run mean; what needs attention stands first."""
    found = [finding for rule in RULES for finding in rule(report)]
    return sorted(found, key=lambda finding: list(FindingKind).index(finding.kind))


def _interrupted(report: ReportData) -> Iterator[Finding]:
    if report.result.interrupted:
        yield Finding(
            FindingKind.ATTENTION,
            "The training was interrupted",
            "The model is the best one so far. Repeat the command with --resume to go on.",
        )


def _accuracy(report: ReportData) -> Iterator[Finding]:
    metrics = report.metrics
    low, high = metrics.top1_interval
    largest = report.tested.confusion.sum(axis=1).max() / metrics.n
    right = f"Right on {share_text(metrics, metrics.top1)} of {metrics.n:,} test images"
    if metrics.untested_classes:
        return
    if low <= largest:
        yield Finding(
            FindingKind.ATTENTION,
            right,
            f"That is not surely better than always answering the most frequent class, which is right on "
            f"{percent(float(largest))}. Train longer, on more images, or with a pretrained backbone.",
        )
    elif high - low > WIDE_INTERVAL:
        yield Finding(
            FindingKind.ATTENTION,
            right,
            f"With so few test images the accuracy may be anything from {percent(low)} to {percent(high)}. "
            "Four times as many would make this interval about half as wide.",
        )
    else:
        yield Finding(
            FindingKind.GOOD, right, f"On images of this kind, expect {percent(low)} to {percent(high)}."
        )


def _untested(report: ReportData) -> Iterator[Finding]:
    untested = len(report.metrics.untested_classes)
    if untested:
        yield Finding(
            FindingKind.ATTENTION,
            f"No test image shows {untested:,} of {len(report.names):,} classes",
            f"{_sentence(describe_untested(report.metrics))} Add test images.",
        )


def _weak_classes(report: ReportData) -> Iterator[Finding]:
    """Classes with fewer hits than chance explains; a lower recall alone is no sign of a weak class."""
    metrics = report.metrics
    scores = zip(report.names, metrics.by_class.values(), strict=True)
    tested = sorted((one.recall, name, one.n) for name, one in scores if one.recall is not None)
    weak = [row for row in tested if _chance(*row[::2], metrics.top1) * len(tested) < SIGNIFICANCE]
    names = _listed([f"{name} ({percent(recall)} of {n:,})" for recall, name, n in weak or tested[:LOWEST]])
    few = median(n for *_, n in tested)
    if weak:
        yield Finding(
            FindingKind.ATTENTION,
            f"{len(weak):,} of {len(report.names):,} classes recognised less often than the rest",
            f"{names}: further below the accuracy of all than chance explains (binomial test, Bonferroni's "
            "correction). Look at what they are taken for, check their labels, and add training images.",
        )
    else:
        yield Finding(
            FindingKind.NOTE,
            "No class is weaker than the rest beyond chance",
            f"The lowest recall: {names}. With {few:g} test images a class (median) "
            "only large differences show.",
        )


def _chance(recall: float, n: int, top1: float) -> float:
    """Probability of so few hits in n images, if the class is recognised as often as all are."""
    from scipy.stats import binom

    return float(binom.cdf(round(recall * n), n, top1))


def _confusions(report: ReportData) -> Iterator[Finding]:
    counts = report.tested.confusion
    pairs = [pair for pair in largest_confusions(counts, 3) if pair[2] > 1]
    if pairs:
        texts = [
            f"{report.names[label]} as {report.names[predicted]} ({count:,} of {counts[label].sum():,})"
            for label, predicted, count in pairs
        ]
        yield Finding(
            FindingKind.NOTE,
            "The same mistake happens more than once",
            f"{_listed(texts)}. The classes may look alike, or labels may be wrong: this command lists "
            "labels that the other images contradict.",
            label_check_command(report.record.data),
        )


def _diverged(report: ReportData) -> Iterator[Finding]:
    histories = {"epoch": report.result.history, "pass of the fine-tuning": report.result.fine_tune_history}
    for unit, history in histories.items():
        number = _diverged_in(history)
        if number:
            yield Finding(
                FindingKind.ATTENTION,
                "The training diverged",
                f"In {unit} {number} the loss or the accuracy was no finite number: the model may have "
                "learned nothing since. Train again with another --seed or another network.",
            )


def _diverged_in(history: History) -> int:
    """The first epoch with a measurement that is no finite number, from 1; 0 where there is none."""
    epochs = zip(*history.values(), strict=False)
    return next((epoch for epoch, values in enumerate(epochs, 1) if not all(map(math.isfinite, values))), 0)


def _fit(report: ReportData) -> Iterator[Finding]:
    history = report.result.history
    if not history.get("accuracy") or not history.get("val_accuracy") or _diverged_in(report.result.history):
        return
    train, valid = history["accuracy"][-1], history["val_accuracy"][-1]
    shares = f"{percent(train)} of the training images and {percent(valid)} of the validation images"
    if train - valid > OVERFIT:
        yield Finding(
            FindingKind.ATTENTION,
            "The network knows its training images better than new ones",
            f"At the end it was right on {shares}. More, or more varied, training images close this gap.",
        )
    else:
        yield Finding(FindingKind.GOOD, "No sign of overfitting", f"At the end it was right on {shares}.")


def _epochs(report: ReportData) -> Iterator[Finding]:
    losses = report.result.history.get("val_loss", [])
    if _diverged_in(report.result.history) or len(losses) < STILL_LEARNING:
        return
    if int(np.argmin(losses)) == len(losses) - 1:
        yield Finding(
            FindingKind.NOTE,
            "It was still learning when it stopped",
            f"The validation loss was lowest in the last of {len(losses)} epochs. More may help: "
            f"--epochs {2 * len(losses)}.",
        )


def _calibration(report: ReportData) -> Iterator[Finding]:
    metrics, confidences = report.metrics, report.tested.confidences
    missing = int((~np.isfinite(confidences)).sum())
    if missing:
        yield Finding(
            FindingKind.ATTENTION,
            f"No probabilities for {missing:,} of {metrics.n:,} test images",
            "The network answers with values that are no numbers. Do not use this model.",
        )
        return
    error = (
        f"They differ from the accuracy by {100 * metrics.ece:.1f} points on average (ECE {metrics.ece:.3f})"
    )
    if metrics.ece <= CALIBRATED:
        yield Finding(FindingKind.GOOD, "Probabilities can be taken at their word", f"{error}.")
        return
    chance = _calibration_error_by_chance(confidences)
    if metrics.ece <= chance:
        yield Finding(
            FindingKind.NOTE,
            "Too few test images to judge the probabilities",
            f"{error}; on {metrics.n:,} images, perfect ones may differ by {100 * chance:.1f}.",
        )
        return
    mean = float(confidences.mean())
    yield Finding(
        FindingKind.ATTENTION,
        f"Probabilities are too {'high' if mean > metrics.top1 else 'low'} on average",
        f"{error}: their mean is {percent(mean)}, while {share_text(metrics, metrics.top1)} of {metrics.n:,} "
        "answers are right. Use them to rank answers, not as chances.",
    )


def _calibration_error_by_chance(confidences: NDArray[np.float32]) -> float:
    """The calibration error that 95 % of perfectly calibrated models stay below on so many images.

    Answers are drawn that are right as often as their confidence says (Bröcker & Smith 2007).
    Confidences that are no numbers are left out.
    """
    confidences = confidences[np.isfinite(confidences)]
    if not len(confidences):
        return math.nan
    rng = np.random.default_rng(0)
    bins = confidence_bins(confidences, ECE_BINS)
    gaps = [
        np.abs(np.bincount(bins, confidences - (rng.random(len(bins)) < confidences))).sum() / len(bins)
        for _ in range(DRAWS)
    ]
    return float(np.quantile(gaps, 0.95))


def _unknown(report: ReportData) -> Iterator[Finding]:
    threshold = report.result.rejection.threshold
    if threshold is None:
        yield Finding(
            FindingKind.ATTENTION,
            "No image is ever answered 'unknown'",
            _sentence(report.result.unknown),
        )
    elif report.delivered.withheld > MANY_WITHHELD:
        yield Finding(
            FindingKind.ATTENTION,
            f"{percent(report.delivered.withheld)} of the test images are withheld as unknown",
            "Another threshold changes that: --unknown-below at the export.",
        )
    elif report.result.rejection.false_positive_rate is None:
        run, data = quoted(report.result.run), quoted(report.record.data)
        yield Finding(
            FindingKind.NOTE,
            "How often images of other things are answered 'unknown' is not measured",
            f"{_sentence(report.result.unknown)} This command measures it on photos of none of the classes, "
            "in a folder `others`.",
            f"edgebreed evaluate {data} --model {run} --negatives others",
        )
    else:
        yield Finding(
            FindingKind.GOOD,
            "Images of other things can be answered 'unknown'",
            _sentence(report.result.unknown),
        )


def _imbalance(report: ReportData) -> Iterator[Finding]:
    counts = report.images_per_class.get("train", ())
    if counts and max(counts) >= IMBALANCE * min(counts):
        few, many = int(np.argmin(counts)), int(np.argmax(counts))
        yield Finding(
            FindingKind.ATTENTION,
            "Some classes have far fewer training images than others",
            f"{report.names[few]} has {counts[few]:,}, {report.names[many]} {counts[many]:,}. Add images of "
            "the rare ones.",
        )


def _left_out(report: ReportData) -> Iterator[Finding]:
    result = report.result
    count = sum(result.dropped.values()) + sum(result.left_out_counts.values())
    if count:
        yield Finding(
            FindingKind.NOTE, f"{count:,} files were left out", "Each reason is listed below, with the files."
        )


RULES: tuple[Callable[[ReportData], Iterator[Finding]], ...] = (
    _interrupted,
    _diverged,
    _accuracy,
    _untested,
    _weak_classes,
    _confusions,
    _fit,
    _epochs,
    _calibration,
    _unknown,
    _imbalance,
    _left_out,
)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
