"""Which way to fit a linear head on a frozen backbone's features is the most accurate, and at which cost?

    python -m edgebreed.benchmarks.studies.head_fit DATA --weights FILE [--json]

Three ways are compared on the same features: Keras, as `edgebreed train` does it; RMSprop written in NumPy;
and scikit-learn's logistic regression, with the regularization that is best on validation images. Each is
measured by five-fold cross-validation of all training and validation images, and on the test images.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.train.accelerated_extractor import AcceleratedExtractor
from edgebreed.train.backbones import canonical
from edgebreed.train.classification_metrics import expected_calibration_error, softmax
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import LabelledArrays, labels_of
from edgebreed.train.feature_cache import extract, user_features
from edgebreed.train.feature_extractor import build_extractor
from edgebreed.train.fit import LABEL_SMOOTHING
from edgebreed.train.linear_probe import DROPOUT, EPOCHS, LEARNING_RATE, Head, fit_head
from edgebreed.train.prepare import prepare
from edgebreed.train.temperature import fit_temperature

FOLDS = 5
STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
"""Of scikit-learn's `C`, the inverse of the L2 penalty, on standardized features."""

LABELS = {
    "cross_validated": "images of the cross-validation: all to train and to validate",
    "tested": "test images",
    "sklearn_c": "scikit-learn's `C` with the smallest cross-entropy on validation images",
    "by_seed": "each way of fitting, a row a seed",
    "keras": "the head that `edgebreed train` fits",
    "numpy": "RMSprop in NumPy",
    "sklearn": "scikit-learn's logistic regression",
}
"""What the keys of the record mean."""

FitHead = Callable[[LabelledArrays, int, int], Head]
"""From features with labels, the number of classes and a seed to a head."""


def fit_keras(train: LabelledArrays, classes: int, seed: int) -> Head:
    """The head that `edgebreed train` fits."""
    return fit_head(train, classes, seed=seed)[0]


def fit_numpy(train: LabelledArrays, classes: int, seed: int) -> Head:
    """The same head by RMSprop in NumPy (Hinton 2012); all images of a step drop the same features."""
    rng = np.random.default_rng(seed)
    head = Head(np.zeros((train.inputs.shape[1], classes), np.float32), np.zeros(classes, np.float32))
    squares = Head(np.zeros_like(head.kernel), np.zeros_like(head.bias))
    batch = max(8, min(256, len(train.labels) // 16))
    for epoch in range(EPOCHS):
        rate = LEARNING_RATE * max(1.0, batch / 64) * (1 + np.cos(np.pi * (epoch + 0.5) / EPOCHS)) / 2
        order = rng.permutation(len(train.labels))
        for rows in np.split(order, range(batch, len(order), batch)):
            kept = np.flatnonzero(rng.random(len(head.kernel)) >= DROPOUT)
            inputs = np.asarray(train.inputs[np.ix_(rows, kept)] / (1 - DROPOUT), np.float32)
            logits = np.asarray(inputs @ head.kernel[kept] + head.bias, np.float32)
            targets = np.eye(classes)[train.labels[rows]] * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / classes
            slope = np.asarray((softmax(logits) - targets) / len(rows), np.float32)
            _step(head.kernel, squares.kernel, kept, inputs.T @ slope, rate)
            _step(head.bias, squares.bias, slice(None), slope.sum(axis=0), rate)
    return head


def _step(weights: Any, squares: Any, kept: Any, gradient: Any, rate: float) -> None:
    squares *= 0.9
    squares[kept] += 0.1 * gradient**2
    weights[kept] -= rate * gradient / np.sqrt(squares[kept] + 1e-7)


def fit_sklearn(train: LabelledArrays, classes: int, seed: int, strength: float) -> Head:
    """Multinomial logistic regression on standardized features; nothing in it is random."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    del classes, seed
    scaler = StandardScaler().fit(train.inputs)
    model = LogisticRegression(C=strength, max_iter=200, tol=1e-3).fit(
        scaler.transform(train.inputs), train.labels
    )
    kernel = (model.coef_ / scaler.scale_).T
    bias = model.intercept_ - scaler.mean_ @ kernel
    return Head(kernel.astype(np.float32), bias.astype(np.float32))


def choose_strength(train: LabelledArrays, valid: LabelledArrays, classes: int) -> float:
    """The strength with the smallest cross-entropy on validation images, after temperature scaling."""

    def loss(strength: float) -> float:
        logits = fit_sklearn(train, classes, 0, strength)(valid.inputs)
        rows = softmax(logits / fit_temperature(logits, valid.labels))
        return float(-np.log(rows[np.arange(len(rows)), valid.labels]).mean())

    return min(STRENGTHS, key=loss)


@dataclass(frozen=True)
class HeadAccuracy:
    """What one way reaches with one seed.

    Attributes:
        cross_validation_mistakes: on all training and validation images.
        test_right: test images whose likeliest class is the label.
        ece: expected calibration error on the test images.
        seconds: of the two fits that training takes: with and without the validation images.
    """

    cross_validation_mistakes: int
    test_right: int
    ece: float
    seconds: float


def measure_way(fit: FitHead, splits: dict[str, LabelledArrays], classes: int, seed: int) -> HeadAccuracy:
    """Measures one way of fitting with one seed.

    Args:
        fit: the way.
        splits: features `(N, F) float32` of `train`, `valid` and `test`.
        classes: number of classes.
        seed: of the fit and of the folds.
    """
    test, everything = splits["test"], joined(splits["train"], splits["valid"])
    start = time.perf_counter()
    first = fit(splits["train"], classes, seed)
    temperature = fit_temperature(first(splits["valid"].inputs), splits["valid"].labels)
    head = fit(everything, classes, seed)
    seconds = time.perf_counter() - start
    rows = softmax(head(test.inputs) / temperature)
    right = int((rows.argmax(axis=1) == test.labels).sum())
    ece = expected_calibration_error(rows, test.labels)
    return HeadAccuracy(mistakes(fit, everything, classes, seed), right, ece, seconds)


def mistakes(fit: FitHead, images: LabelledArrays, classes: int, seed: int) -> int:
    """Mistakes on all images, each by a head that did not learn it."""
    from sklearn.model_selection import StratifiedKFold

    wrong = 0
    for kept, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(
        *vars(images).values()
    ):
        head = fit(LabelledArrays(images.inputs[kept], images.labels[kept]), classes, seed)
        wrong += int((head(images.inputs[held_out]).argmax(axis=1) != images.labels[held_out]).sum())
    return wrong


def joined(first: LabelledArrays, second: LabelledArrays) -> LabelledArrays:
    """Both, one after the other."""
    return LabelledArrays(
        np.concatenate([first.inputs, second.inputs]), np.concatenate([first.labels, second.labels])
    )


def load_features(data: Path, weights: Path | None, cache: Path) -> tuple[dict[str, LabelledArrays], int]:
    """Features of Xception for each split of a data set, and the number of its classes."""
    config = TrainConfig(Path(), cache, Arch.TRANSFER, data, weights)
    prepared = prepare(config)
    extractor = AcceleratedExtractor(build_extractor(canonical(config.network), config.spec, weights))

    def features(split: str) -> NDArray[np.float32]:
        return extract(prepared.files[split], extractor, prepared.cache, f"features: {split}")

    images = prepared.data.images
    splits = {
        split: LabelledArrays(features(split), labels_of(images(split)))
        for split in ("train", "valid", "test")
    }
    return splits, len(prepared.data.classes)


def main(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Data set with or without split folders.")],
    weights: Annotated[Path | None, typer.Option(help="ImageNet weights of Xception.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of the feature cache.")] = None,
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints the accuracy of each way with each seed."""
    splits, classes = load_features(data, weights, cache or user_features())
    strength = choose_strength(splits["train"], splits["valid"], classes)
    ways: dict[str, FitHead] = {
        "keras": fit_keras,
        "numpy": fit_numpy,
        "sklearn": lambda train, count, seed: fit_sklearn(train, count, seed, strength),
    }
    found = {
        name: [measure_way(fit, splits, classes, seed) for seed in range(seeds)] for name, fit in ways.items()
    }
    total = len(splits["train"].labels) + len(splits["valid"].labels)
    if json_:
        rows = {name: [vars(one) for one in results] for name, results in found.items()}
        tested = len(splits["test"].labels)
        figures = {"cross_validated": total, "tested": tested, "sklearn_c": strength, "by_seed": rows}
        publish("head_fit", total, figures)
        return
    table = Table(
        "way", "seed", "mistakes", "test right", "ECE", "seconds", title=f"{total} images, {FOLDS} folds"
    )
    for name, results in found.items():
        for seed, one in enumerate(results):
            table.add_row(
                name,
                str(seed),
                str(one.cross_validation_mistakes),
                str(one.test_right),
                f"{one.ece:.3f}",
                f"{one.seconds:.1f}",
            )
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
