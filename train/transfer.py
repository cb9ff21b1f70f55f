"""A backbone with a new head."""

import time

from edgebreed.train.assemble import assemble
from edgebreed.train.backbones import canonical
from edgebreed.train.base import KerasBase, build_base
from edgebreed.train.config import Fitted, History, TrainConfig
from edgebreed.train.fast_base import FastBase
from edgebreed.train.features import extract
from edgebreed.train.fine_tune import fine_tune
from edgebreed.train.linear_probe import Features, fit_linear_probe, fit_split_head
from edgebreed.train.prepare import Prepared


def fit_transfer(config: TrainConfig, prepared: Prepared) -> Fitted:
    """Puts a head, and a second output where there are negatives, on a backbone.

    Args:
        config: what was asked for.
        prepared: the photos.

    Raises:
        InputError: there is no such backbone, or its weights are at fault.
    """
    start = time.perf_counter()
    base = build_base(canonical(config.network), config.spec, config.weights)
    features = _features(prepared, base)
    passes: History = {}
    interrupted = False
    if config.fine_tune:
        head, _ = fit_split_head(config, prepared.data, features)
        base, passes, interrupted = fine_tune(config, prepared.data, prepared.sha256, base, head)
        features = _features(prepared, base)
    seconds = time.perf_counter() - start
    probe = fit_linear_probe(config, prepared.data, features)
    model = assemble(base.model.input, base.parts, probe.head, probe.temperature, probe.in_distribution)
    score = probe.in_distribution
    trainable = (
        probe.head.kernel.size + probe.head.bias.size + (0 if score is None else score.weights.size + 1)
    )
    return Fitted(
        model=model,
        history=probe.history,
        test=probe.test,
        rejection=probe.rejection,
        temperature=probe.temperature,
        trainable=trainable,
        seconds={"features": seconds, "fit": probe.seconds},
        interrupted=interrupted,
        fine_tune_history=passes,
    )


def _features(prepared: Prepared, base: KerasBase) -> Features:
    engine = FastBase(base)
    return {
        name: extract(files, engine, prepared.cache, f"features: {name}")
        for name, files in prepared.files.items()
    }
