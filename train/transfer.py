"""A backbone with a new head: what is fitted on the features of a frozen base."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import Rejection
from edgebreed.errors import ProofError
from edgebreed.train import pixels
from edgebreed.train.assemble import assemble
from edgebreed.train.backbones import canonical
from edgebreed.train.base import build_base
from edgebreed.train.calibration import (
    KnownScore,
    cross_validated_scores,
    fit_known,
    fit_temperature,
    rejection_with_negatives,
    rejection_without_negatives,
)
from edgebreed.train.config import LOGS, Fitted, TrainConfig
from edgebreed.train.dataset import Dataset, labels_of
from edgebreed.train.fast_base import FastBase
from edgebreed.train.features import FeatureCache, extract
from edgebreed.train.fine_tune import fine_tune
from edgebreed.train.fit import FitSettings, History, Labelled, fit_features, softmax
from edgebreed.train.keras_setup import keras

DROPOUT = 0.5
LEARNING_RATE = 1e-3
LAST_SHARE = 0.25  # of the epochs, with the validation photos among the training photos
ASSEMBLY_TOLERANCE = 1e-4
PROVED = 2  # photos; whatever is assembled wrongly is wrong on each

Features = dict[str, NDArray[np.float32]]


def fit_transfer(config: TrainConfig, data: Dataset, digest: str) -> Fitted:
    """Fits a head, and a second output where there are negatives, on a backbone.

    Temperature and threshold come from a head that did not see the validation photos. It then goes on for a
    quarter of the epochs with these among the training photos, as a seventh more photos make fewer mistakes.

    Args:
        config: what was asked for.
        data: photos by split.
        digest: over the photos, for a fine-tuning that is cut off.

    Raises:
        InputError: the base's weights are missing.
        ProofError: the assembled model does not answer as base and head did apart.
    """
    start = time.perf_counter()
    base = build_base(canonical(config.network), config.spec, config.weights)
    features = _features(config, data, base)
    passes: History = {}
    interrupted = False
    if config.fine_tune:
        head, _ = _fit_head(config, data, features)
        base, passes, interrupted = fine_tune(config, data, digest, base, head)
        features = _features(config, data, base)
    fitting = time.perf_counter()
    head, history = _fit_head(config, data, features)
    logits = np.asarray(head(features["valid"]), np.float32)
    temperature = fit_temperature(logits, labels_of(data.photos("valid")))
    known, rejection = _rejection(config, features, softmax(logits / temperature))
    _learn_all(head, config, data, features)
    model = assemble(base.model, head, temperature, known)
    test = softmax(np.asarray(head(features["test"]), np.float32) / temperature)
    _prove(model, config, data, test)
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


def _features(config: TrainConfig, data: Dataset, base: Any) -> Features:
    paths = {split: [photo.path for photo in data.photos(split)] for split in ("train", "valid", "test")}
    if config.negatives is not None:
        paths["negatives"] = find_photos([config.negatives])
    cache, engine = FeatureCache(config.cache), FastBase(base)
    return {name: extract(files, engine, cache, f"features: {name}") for name, files in paths.items()}


def _rejection(
    config: TrainConfig, features: Features, probabilities: NDArray[np.float32]
) -> tuple[KnownScore | None, Rejection]:
    if "negatives" not in features:
        return None, rejection_without_negatives(probabilities)
    known = fit_known(features["train"], features["negatives"])
    outside = cross_validated_scores(features["train"], features["negatives"], config.seed)
    return known, rejection_with_negatives(known(features["valid"]), outside)


def _prove(model: Any, config: TrainConfig, data: Dataset, expected: NDArray[np.float32]) -> None:
    """Compares the assembled model with base and head apart on a few photos."""
    batch = pixels.load([photo.path for photo in data.photos("test")[:PROVED]], config.spec)
    error = float(np.abs(np.asarray(model(batch)["probabilities"]) - expected[: len(batch)]).max())
    if error > ASSEMBLY_TOLERANCE:
        raise ProofError(
            f"the assembled model differs by {error:.1e} from base and head, allowed {ASSEMBLY_TOLERANCE}"
        )


def build_head(width: int, classes: int) -> Any:
    """A head from features `(N, width)` to logits `(N, classes)`."""
    features = keras.Input((width,), name="features")
    dropped = keras.layers.Dropout(DROPOUT)(features)
    return keras.Model(
        features, keras.layers.Dense(classes, kernel_initializer="zeros", name="logits")(dropped), name="head"
    )
