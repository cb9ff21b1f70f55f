"""A backbone with a new head: what is fitted on the features of a frozen base."""

import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.manifest import Rejection
from edgebreed.train.assemble import assemble
from edgebreed.train.backbones import canonical
from edgebreed.train.base import KerasBase, build_base
from edgebreed.train.calibration import (
    KnownScore,
    fit_rejection,
    fit_temperature,
    rejection_without_negatives,
)
from edgebreed.train.config import LOGS, Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.fast_base import FastBase
from edgebreed.train.features import extract
from edgebreed.train.fine_tune import fine_tune
from edgebreed.train.fit import FitSettings, History, Labelled, fit_features, softmax
from edgebreed.train.keras_setup import keras
from edgebreed.train.prepare import Prepared

DROPOUT = 0.5
LEARNING_RATE = 1e-3
LAST_SHARE = 0.25  # of the epochs, with the validation photos among the training photos

Features = dict[str, NDArray[np.float32]]


def fit_transfer(config: TrainConfig, prepared: Prepared, aside: Executor) -> Fitted:
    """Fits a head, and a second output where there are negatives, on a backbone.

    Temperature and threshold come from a head that did not see the validation photos. It then goes on for a
    quarter of the epochs with these among the training photos, as a seventh more photos make fewer mistakes.

    Args:
        config: what was asked for.
        prepared: the photos.
        aside: fits what needs no Keras.

    Raises:
        InputError: the base's weights are missing.
    """
    start = time.perf_counter()
    data = prepared.data
    base = build_base(canonical(config.network), config.spec, config.weights)
    features = _features(prepared, base)
    passes: History = {}
    interrupted = False
    if config.fine_tune:
        head, _ = _fit_head(config, data, features)
        base, passes, interrupted = fine_tune(config, data, prepared.sha256, base, head)
        features = _features(prepared, base)
    fitting = time.perf_counter()
    judging = _judge(config, features, base.parts[0].shape[-1], aside)
    head, history = _fit_head(config, data, features)
    logits = np.asarray(head(features["valid"]), np.float32)
    calibrating = aside.submit(fit_temperature, logits, labels_of(data.photos("valid")))
    _learn_all(head, config, data, features)
    temperature = calibrating.result()
    known, rejection = (
        judging.result() if judging else (None, rejection_without_negatives(softmax(logits / temperature)))
    )
    model = assemble(base.model.input, base.parts, head, temperature, known)
    test = softmax(np.asarray(head(features["test"]), np.float32) / temperature)
    seconds = {"features": fitting - start, "fit": time.perf_counter() - fitting}
    trainable = head.count_params() + (0 if known is None else known.weights.size + 1)
    return Fitted(model, history, test, rejection, temperature, trainable, seconds, interrupted, passes)


def _fit_head(config: TrainConfig, data: Dataset, features: Features) -> tuple[Any, History]:
    """A head on the features of the training photos; validation photos choose the epoch."""
    train, valid = (_labelled(data, features, split) for split in ("train", "valid"))
    head = build_head(train.inputs.shape[1], len(data.classes))
    settings = replace(head_settings(config.epochs, len(train.labels), config.seed), logs=config.out / LOGS)
    return head, fit_features(head, train, valid, settings)


def _learn_all(head: Any, config: TrainConfig, data: Dataset, features: Features) -> None:
    """Goes on with a head on training and validation photos."""
    photos = _labelled(data, features, "train", "valid")
    epochs = max(1, round(config.epochs * LAST_SHARE))
    fit_features(head, photos, None, head_settings(epochs, len(photos.labels), config.seed))


def _labelled(data: Dataset, features: Features, *splits: str) -> Labelled:
    return Labelled(
        np.concatenate([features[split] for split in splits]),
        np.concatenate([labels_of(data.photos(split)) for split in splits]),
    )


def head_settings(epochs: int, photos: int, seed: int) -> FitSettings:
    """How to fit a head.

    A step takes 256 photos, fewer of small data sets, whose epochs would else have too few steps; the
    learning rate grows with the batch (Goyal et al. 2017), from that of 64 photos on.

    Args:
        epochs: passes over the photos.
        photos: how many there are to learn from.
        seed: of initial weights, order and dropout.
    """
    batch = max(8, min(256, photos // 16))
    return FitSettings(epochs, batch, LEARNING_RATE * max(1.0, batch / 64), seed)


def _features(prepared: Prepared, base: KerasBase) -> Features:
    data, engine = prepared.data, FastBase(base)
    paths = {split: [photo.path for photo in data.photos(split)] for split in ("train", "valid", "test")}
    if prepared.negatives:
        paths["negatives"] = list(prepared.negatives)
    return {
        name: extract(files, engine, prepared.cache, f"features: {name}") for name, files in paths.items()
    }


def _judge(
    config: TrainConfig, features: Features, averages: int, aside: Executor
) -> Future[tuple[KnownScore, Rejection]] | None:
    """Of the averages alone: maxima, which one odd spot can make, tell strange photos less well."""
    if "negatives" not in features:
        return None
    train, valid, negatives = (features[name][:, :averages] for name in ("train", "valid", "negatives"))
    return aside.submit(fit_rejection, train, valid, negatives, config.seed)


def build_head(width: int, classes: int) -> Any:
    """A head from features `(N, width)` to logits `(N, classes)`.

    All photos of a step drop the same features, which is as good and takes a fraction of the random numbers.
    """
    features = keras.Input((width,), name="features")
    dropped = keras.layers.Dropout(DROPOUT, noise_shape=(1, width))(features)
    return keras.Model(
        features, keras.layers.Dense(classes, kernel_initializer="zeros", name="logits")(dropped), name="head"
    )
