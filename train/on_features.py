"""Fits everything that stands on a frozen base's features: head, temperature, in-distribution score."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.task import Rejection
from edgebreed.train.config import LOGS, MAXIMA, History, TrainConfig
from edgebreed.train.dataset import Dataset, Labelled, labels_of
from edgebreed.train.events import write_events
from edgebreed.train.head import LAST_SHARE, Head, HeadFit
from edgebreed.train.metrics import softmax
from edgebreed.train.rejection import NO_NEGATIVES, InDistributionScore, fit_rejection, no_rejection
from edgebreed.train.temperature import fit_temperature

Features = dict[str, NDArray[np.float32]]
"""Features `(N, F) float32` of `train`, `valid`, `test` and, where there are some, `negatives`."""


@dataclass(frozen=True)
class OnFeatures:
    """What was fitted.

    Attributes:
        head: features to logits, not yet divided by the temperature.
        history: loss and accuracy by epoch.
        temperature: divides the logits.
        in_distribution: tells the classes from everything else, where there are negatives.
        rejection: when to answer 'unknown'.
        test: probabilities of the test photos `(N, classes) float32`.
        seconds: that it took.
    """

    head: Head
    history: History
    temperature: float
    in_distribution: InDistributionScore | None
    rejection: Rejection
    test: NDArray[np.float32]
    seconds: float


def fit_on_features(config: TrainConfig, data: Dataset, features: Features) -> OnFeatures:
    """Fits a head, and an in-distribution score where there are negatives.

    Temperature and threshold come from a head that did not see the validation photos. It then goes on for a
    quarter of the epochs with these among the training photos, as a seventh more photos make fewer mistakes.

    Args:
        config: what was asked for.
        data: the photos by split.
        features: theirs.
    """
    start = time.perf_counter()
    with ThreadPoolExecutor(1) as beside:
        judging = beside.submit(_judge, config, features) if "negatives" in features else None
        fit, history = fit_head(config, data, features)
        write_events(config.out / LOGS, history)
        logits = fit.head(features["valid"])
        temperature = fit_temperature(logits, labels_of(data.photos("valid")))
        fit.learn(_labelled(data, features, "train", "valid"), max(1, round(config.epochs * LAST_SHARE)))
    score, rejection = judging.result() if judging else (None, no_rejection(NO_NEGATIVES))
    test = softmax(fit.head(features["test"]) / temperature)
    return OnFeatures(
        fit.head,
        history,
        temperature,
        score,
        rejection.set_to(config.unknown_below),
        test,
        time.perf_counter() - start,
    )


def fit_head(config: TrainConfig, data: Dataset, features: Features) -> tuple[HeadFit, History]:
    """A head on the features of the training photos; validation photos choose the epoch."""
    train, valid = (_labelled(data, features, split) for split in ("train", "valid"))
    fit = HeadFit(train.inputs.shape[1], len(data.classes), config.seed)
    return fit, fit.learn(train, config.epochs, valid)


def _labelled(data: Dataset, features: Features, *splits: str) -> Labelled:
    return Labelled(
        np.concatenate([features[split] for split in splits]),
        np.concatenate([labels_of(data.photos(split)) for split in splits]),
    )


def _judge(config: TrainConfig, features: Features) -> tuple[InDistributionScore, Rejection]:
    """By the averages alone: maxima, which one odd spot can make, tell strange photos less well."""
    maxima = MAXIMA[config.network].number if config.network in MAXIMA else 0
    averages = {name: rows[:, : rows.shape[1] - maxima] for name, rows in features.items()}
    return fit_rejection(averages["train"], averages["valid"], averages["negatives"], config.seed)
