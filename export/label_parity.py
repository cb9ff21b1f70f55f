"""Compares an exported multi-label model with the float model that it was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.decision import are_present
from edgebreed.edge.engines import ModelOutputs
from edgebreed.export.parity import AgreementReport, ClassLoss, ParityReport, worst_first
from edgebreed.export.recipe import FLOAT_BUDGET
from edgebreed.train.multi_label_metrics import mean_average_precision, subset_accuracy


def compare_unlabelled_decisions(
    split: str, reference: ModelOutputs, exported: ModelOutputs, thresholds: Sequence[float]
) -> AgreementReport:
    """Compares outputs for the same images, in the same order, label by label.

    Args:
        split: the split that the images are of, or another word for which they are.
        reference: the float model's outputs.
        exported: the exported file's outputs.
        thresholds: one a label.
    """
    before, after = reference.probabilities, exported.probabilities
    found, still_found = are_present(before, thresholds), are_present(after, thresholds)
    moved = np.abs(before - after)
    # A probability may lie at its threshold; then rounding alone can turn the label on or off.
    same = (found == still_found) | (moved <= FLOAT_BUDGET.max_error)
    both = (found.any(axis=1) == still_found.any(axis=1)) | same.all(axis=1)
    return AgreementReport(
        split=split,
        n=len(before),
        agreement=float(same.mean()),
        max_error=float(moved.max()),
        rejection_agreement=float(both.mean()),
        multi_label=True,
    )


def compare_labels(
    split: str,
    reference: ModelOutputs,
    exported: ModelOutputs,
    targets: NDArray[np.int64],
    thresholds: Mapping[str, float],
) -> ParityReport:
    """Compares outputs for the same labelled images, in the same order, label by label.

    Args:
        split: the split that the images are of.
        reference: the float model's outputs.
        exported: the exported file's outputs.
        targets: `(N, classes) int64`, 1 where the image shows the label.
        thresholds: of each label, by its name, in the order of the classes.
    """
    before, after, values = reference.probabilities, exported.probabilities, list(thresholds.values())
    return ParityReport(
        **asdict(compare_unlabelled_decisions(split, reference, exported, values)),
        float_top1=subset_accuracy(before, targets, values),
        exported_top1=subset_accuracy(after, targets, values),
        losses=_label_losses(
            are_present(before, values), are_present(after, values), targets.astype(bool), list(thresholds)
        ),
        float_map=mean_average_precision(before, targets),
        exported_map=mean_average_precision(after, targets),
    )


def _label_losses(
    found: NDArray[np.bool_], still_found: NDArray[np.bool_], shown: NDArray[np.bool_], names: Sequence[str]
) -> tuple[ClassLoss, ...]:
    """The labels that the exported file finds in fewer of the images that show them."""
    losses = [
        ClassLoss(name, int(of.sum()), float(found[of, at].mean()), float(still_found[of, at].mean()))
        for at, name in enumerate(names)
        if (of := shown[:, at]).any() and found[of, at].sum() > still_found[of, at].sum()
    ]
    return worst_first(losses)
