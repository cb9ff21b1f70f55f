"""Tunes the top of a backbone on augmented photos, once a head stands on it."""

from dataclasses import replace
from typing import Any

import numpy as np

from edgebreed.train.base import KerasBase
from edgebreed.train.checkpoint import Checkpoint, request_of
from edgebreed.train.config import LOGS, History, TrainConfig
from edgebreed.train.dataset import Dataset
from edgebreed.train.features import digest_of_weights
from edgebreed.train.fit import FitSettings, fit_photos, load_labelled
from edgebreed.train.keras_setup import keras
from edgebreed.train.linear_probe import Head, build_head
from edgebreed.train.precision import half_precision_on_gpu

SHARE = 1 / 3  # of the backbone's weights; for Xception these are its blocks 13 and 14
LEARNING_RATE = 2e-5
BATCH = 16
PATIENCE = 3


def fine_tune(
    config: TrainConfig, data: Dataset, digest: str, base: KerasBase, head: Head
) -> tuple[KerasBase, History, bool]:
    """Fits the top layers of a backbone together with a head that was fitted before (Kumar et al. 2022).

    Batch normalizations stay as they are; the weights of the epoch with the smallest validation loss are
    kept, those before the first epoch among them: tuning cannot make validation worse.

    Args:
        config: epochs, seed, and whether to resume.
        data: photos by split.
        digest: over the photos; a tuning that was cut off goes on with the same alone.
        base: the frozen base; its network is changed in place.
        head: from features to logits.

    Returns:
        The tuned base, whose key no other base has; loss and accuracy by pass; whether a signal ended it.
    """
    model = keras.Model(base.model.input, _learning(head)(base.model.output), name="tuned")
    unfreeze_top(base.network)
    splits = {split: load_labelled(data, split, config.spec) for split in ("train", "valid")}
    settings = FitSettings(
        config.fine_tune, BATCH, LEARNING_RATE, config.seed, logs=config.out / LOGS / "fine-tune"
    )
    request = {"fine_tune": config.fine_tune, "base": base.key, **request_of(config, data, digest)}
    kept = Checkpoint.open(config.out, request, config.resume, patience=PATIENCE, keep_start=True)
    with half_precision_on_gpu(model):
        history = fit_photos(
            model, splits["train"], splits["valid"], settings, kept, [(config.size, config.fine_tune)]
        )
    base.network.trainable = False
    tuned = replace(base, key=f"{base.key}-tuned-{digest_of_weights(base.network.get_weights())}")
    return tuned, history, not kept.is_done(config.fine_tune)


def unfreeze_top(network: Any) -> list[str]:
    """Makes the top layers trainable that hold a third of the weights, but no batch normalization.

    Returns:
        The layers' names.
    """
    network.trainable = True
    left = SHARE * network.count_params()
    names = []
    for layer in reversed(network.layers):
        layer.trainable = left > 0 and not isinstance(layer, keras.layers.BatchNormalization)
        left -= sum(int(np.prod(weight.shape)) for weight in layer.weights)
        if layer.trainable and layer.weights:
            names.append(layer.name)
    return names[::-1]


def _learning(head: Head) -> Any:
    """The same head as a Keras model, which learns with dropout."""
    model = build_head(*head.kernel.shape)
    model.set_weights([head.kernel, head.bias])
    return model
