"""A backbone with a new head."""

import time
from concurrent.futures import Executor

from edgebreed.train.assemble import assemble
from edgebreed.train.base import KerasBase
from edgebreed.train.config import Fitted, History, TrainConfig
from edgebreed.train.fast_base import FastBase
from edgebreed.train.features import extract
from edgebreed.train.fine_tune import fine_tune
from edgebreed.train.on_features import Features, fit_head, fit_on_features
from edgebreed.train.prepare import Prepared


def fit_transfer(config: TrainConfig, prepared: Prepared, base: KerasBase, aside: Executor) -> Fitted:
    """Puts a head, and a second output where there are negatives, on a backbone.

    Args:
        config: what was asked for.
        prepared: the photos, and what was fitted on their features if all of them were cached.
        base: the frozen base; fine-tuning changes it.
        aside: fits what needs no Keras, to the last digit as it would have on cached features.
    """
    start = time.perf_counter()
    passes: History = {}
    interrupted = False
    if config.fine_tune:
        fit, _ = fit_head(config, prepared.data, _features(prepared, base))
        base, passes, interrupted = fine_tune(config, prepared.data, prepared.sha256, base, fit.head)
    fitted, reading = prepared.fitted, prepared.seconds
    if fitted is None:
        features = _features(prepared, base)
        reading = time.perf_counter() - start
        fitted = aside.submit(fit_on_features, config, prepared.data, features).result()
    model = assemble(base.model.input, base.parts, fitted.head, fitted.temperature, fitted.in_distribution)
    head = fitted.head.kernel.size + fitted.head.bias.size
    score = fitted.in_distribution
    trainable = head + (0 if score is None else score.weights.size + 1)
    return Fitted(
        model,
        fitted.history,
        fitted.test,
        fitted.rejection,
        fitted.temperature,
        trainable,
        {"features": reading, "fit": fitted.seconds},
        interrupted,
        passes,
    )


def _features(prepared: Prepared, base: KerasBase) -> Features:
    engine = FastBase(base)
    return {
        name: extract(files, engine, prepared.cache, f"features: {name}")
        for name, files in prepared.files.items()
    }
