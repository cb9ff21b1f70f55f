"""Transfer learning: a new head on a backbone with ImageNet weights, whose top can be fine-tuned."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.train.accelerated_extractor import AcceleratedExtractor
from edgebreed.train.activation import Activation
from edgebreed.train.assemble import assemble
from edgebreed.train.backbones import canonical
from edgebreed.train.checkpoint import Checkpoint, request_of
from edgebreed.train.config import LOGS, Fitted, History, TrainConfig
from edgebreed.train.feature_cache import Variant, digest_of_weights, extract
from edgebreed.train.feature_extractor import KerasFeatureExtractor, build_extractor
from edgebreed.train.fit import FitSettings, fit_images, load_labelled
from edgebreed.train.keras_setup import half_precision_on_gpu, keras
from edgebreed.train.linear_probe import Features, Head, build_head, fit_linear_probe, fit_split_head
from edgebreed.train.negatives import PARTS, part_of
from edgebreed.train.prepare import PreparedData

TUNED_SHARE = 1 / 3  # of the backbone's weights; for Xception these are its blocks 13 and 14
LEARNING_RATE = 2e-5
BATCH = 16
PATIENCE = 3
NEGATIVE_PARTS = tuple(Variant(f"-part{number}", part_of(number)) for number in range(PARTS))


def fit_transfer(config: TrainConfig, prepared: PreparedData) -> Fitted:
    """Fits a head on a backbone, and a second output where there are negatives.

    Args:
        config: what was asked for.
        prepared: the images.

    Raises:
        InputError: there is no such backbone, or its weights are at fault.
    """
    start = time.perf_counter()
    extractor = build_extractor(canonical(config.network), config.spec, config.weights)
    features = _features(prepared, extractor)
    passes: History = {}
    interrupted = False
    if config.fine_tune:
        head, _ = fit_split_head(config, prepared.data, features)
        extractor, passes, interrupted = fine_tune(config, prepared, extractor, head)
        features = _features(prepared, extractor)
    seconds = time.perf_counter() - start
    probe = fit_linear_probe(config, prepared.data, features)
    score, activation = probe.in_distribution, Activation.of(config.task)
    model = assemble(extractor.model.input, extractor.parts, probe.head, probe.temperature, score, activation)
    of_score = 0 if score is None else score.weights.size + 1
    return Fitted(
        model=model,
        history=probe.history,
        test=probe.test,
        valid=probe.valid,
        rejection=probe.rejection,
        temperature=probe.temperature,
        trainable=probe.head.kernel.size + probe.head.bias.size + of_score,
        seconds={"features": seconds, "fit": probe.seconds},
        interrupted=interrupted,
        fine_tune_history=passes,
        left_out_negatives=_left_out(prepared.negatives.images, probe.negatives_used),
    )


def fine_tune(
    config: TrainConfig, prepared: PreparedData, extractor: KerasFeatureExtractor, head: Head
) -> tuple[KerasFeatureExtractor, History, bool]:
    """Fits the top layers of a backbone together with a head that was fitted before (Kumar et al. 2022).

    Batch normalizations stay as they are. The weights of the pass with the smallest validation loss are kept,
    and those before the first pass count too: fine-tuning cannot make the validation loss larger.

    Args:
        config: passes, seed, and whether to resume.
        prepared: the images; an interrupted fine-tuning can only be resumed on the same ones.
        extractor: the frozen extractor; its network is changed in place.
        head: from features to logits.

    Returns:
        The tuned extractor, with a new key; loss and accuracy by pass; whether a signal ended it early.
    """
    model = keras.Model(extractor.model.input, _with_dropout(head)(extractor.model.output), name="tuned")
    unfreeze_top(extractor.network)
    train, valid = (load_labelled(prepared.data, split, config.spec) for split in ("train", "valid"))
    settings = FitSettings(
        config.fine_tune, BATCH, LEARNING_RATE, config.seed, logs=config.out / LOGS / "fine-tune"
    )
    same = request_of(config, prepared.data, prepared.sha256)
    request = {"fine_tune": config.fine_tune, "base": extractor.key, **same}
    checkpoint = Checkpoint.open(config.out, request, config.resume, patience=PATIENCE, keep_start=True)
    with half_precision_on_gpu(model):
        sides = [(config.size, config.fine_tune)]
        history = fit_images(model, train, valid, settings, checkpoint, sides)
    extractor.network.trainable = False
    key = f"{extractor.key}-tuned-{digest_of_weights(extractor.network.get_weights())}"
    return replace(extractor, key=key), history, not checkpoint.is_done(config.fine_tune)


def unfreeze_top(network: Any) -> list[str]:
    """Makes the top layers trainable that hold a third of the weights, but no batch normalization.

    Returns:
        The layers' names.
    """
    network.trainable = True
    left = TUNED_SHARE * network.count_params()
    names = []
    for layer in reversed(network.layers):
        layer.trainable = left > 0 and not isinstance(layer, keras.layers.BatchNormalization)
        left -= sum(int(np.prod(weight.shape)) for weight in layer.weights)
        if layer.trainable and layer.weights:
            names.append(layer.name)
    return names[::-1]


def _left_out(negatives: Sequence[Path], used: NDArray[np.bool_] | None) -> tuple[Path, ...]:
    """The negatives that were not fitted on, as they look like one of the classes."""
    if used is None:
        return ()
    return tuple(path for path, kept in zip(negatives, used, strict=True) if not kept)


def _with_dropout(head: Head) -> Any:
    model = build_head(*head.kernel.shape)
    model.set_weights([head.kernel, head.bias])
    return model


def _features(prepared: PreparedData, extractor: KerasFeatureExtractor) -> Features:
    accelerated, cache = AcceleratedExtractor(extractor), prepared.cache
    features = {
        name: extract(paths, accelerated, cache, f"features: {name}")
        for name, paths in prepared.files.items()
    }
    negatives = prepared.negatives.images
    if negatives:
        parts = [
            extract(negatives, accelerated, cache, f"features: part {number} of negatives", variant)
            for number, variant in enumerate(NEGATIVE_PARTS, 1)
        ]
        features["negatives"] = np.stack([features["negatives"], *parts], axis=1)
    return features
