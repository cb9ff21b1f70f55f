"""Which engines there are, which of them this machine has, and which one runs a model."""

import logging
import os
from dataclasses import replace
from functools import partial

from edgebreed.edge.engines import litert, onnx_runtime, openvino
from edgebreed.edge.engines.engine import AUTO, Engine, EngineOptions, EngineSpec
from edgebreed.edge.engines.gpu_libraries import has_nvidia_gpu
from edgebreed.edge.engines.time_limit import TimeLimit
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Tuned
from edgebreed.edge.processor import machine_name, mismatch, processor_target
from edgebreed.errors import EngineError, EngineTimeoutError

_LOG = logging.getLogger(__name__)

ENGINES: dict[str, EngineSpec] = {
    spec.name: spec for spec in (*onnx_runtime.SPECS, *openvino.SPECS, *litert.SPECS)
}
"""Every engine by name, in the order in which `auto` tries those that run a file's format."""


def known_engine(name: str) -> str:
    """An engine's name as the registry spells it, from any spelling of case or a provider's full name.

    Raises:
        EngineError: there is no such engine.
    """
    names = {
        AUTO: AUTO,
        **{alias: spec.name for spec in ENGINES.values() for alias in (spec.name, *spec.aliases)},
    }
    if name.lower() not in names:
        raise EngineError(f"no engine {name!r}: choose one of {', '.join((AUTO, *ENGINES))}")
    return names[name.lower()]


def engines_for(kind: ModelFormat) -> tuple[str, ...]:
    """The engines that run files of a format, in the order in which `auto` tries them."""
    return tuple(name for name, spec in ENGINES.items() if kind in spec.formats)


def unavailable() -> dict[str, str | None]:
    """Each engine with the reason why it cannot run on this machine; None where it can."""
    return {name: spec.why_unavailable() or spec.why_not_loading() for name, spec in ENGINES.items()}


def load_engine(model: ModelFile, options: EngineOptions | None = None) -> Engine:
    """Opens a model in the engine that was asked for, or in the first that this machine has.

    A model that was made for another processor is told of in the log.

    Raises:
        EngineError: the engine does not run this format, or is not on this machine, or refuses the model.
        EngineTimeoutError: an engine did not open it in time; no other one is tried, as the fault is mostly
            the file's, and what was begun may still run.
        ModelFileError: the model's inputs or outputs are not those of its manifest.
        MissingExtraError: the engine's package is not installed.
    """
    engine = open_engine(model, options)
    warning = mismatch(model.manifest, engine.name, processor_target())
    if warning:
        _LOG.warning(warning)
    return engine


def open_engine(model: ModelFile, options: EngineOptions | None = None) -> Engine:
    """As `load_engine`, without a word about the processor that the model was made for."""
    options = options or EngineOptions()
    asked, allowed = known_engine(options.engine), engines_for(model.format)
    if asked == AUTO:
        return _first(model, options, allowed)
    if asked not in allowed:
        raise EngineError(f"{asked} does not run {model.path.name}: choose one of {', '.join(allowed)}")
    try:
        return _opened(asked, model, options)
    except EngineTimeoutError:
        raise
    except EngineError as error:
        if not options.allow_fallback:
            raise
        _LOG.warning("%s was not used: %s", asked, error)
        return _first(model, options, tuple(name for name in allowed if name != asked), told=True)


def _first(
    model: ModelFile, options: EngineOptions, allowed: tuple[str, ...], *, told: bool = False
) -> Engine:
    """The first engine that is here and takes the model.

    What `edgebreed tune` found fastest for this file comes before the others, with its threads, as far as
    this machine has them. `told` says that a warning was logged already; one is enough.
    """
    tuned = model.manifest.tuned
    if tuned and tuned.engine in allowed and ENGINES[tuned.engine].why_unavailable() is None:
        allowed = _tuned_order(tuned, allowed)
        options = replace(options, threads=options.threads or min(tuned.threads, os.cpu_count() or 1))
    options = replace(options, allow_fallback=True)  # nobody asked for the GPU alone
    rejected: dict[str, str] = {}
    absent: dict[str, str] = {}
    for name in allowed:
        reason = ENGINES[name].why_unavailable()
        if reason is not None:
            absent[name] = reason
            continue
        try:
            engine = _opened(name, model, options)
        except EngineTimeoutError:
            raise
        except EngineError as error:
            rejected[name] = str(error)
            continue
        _tell_why_not(rejected, absent, ENGINES[name], told)
        return engine
    reasons = rejected or absent
    raise EngineError(next(iter(reasons.values())) if len(reasons) == 1 else _joined(reasons))


def _opened(name: str, model: ModelFile, options: EngineOptions) -> Engine:
    spec = ENGINES[name]
    seconds = options.open_timeout_s or spec.open_timeout_s
    late = f"{name} did not open {model.path} within {seconds:g} s: give --open-timeout more seconds"
    return TimeLimit().run(partial(spec.open, model, options), seconds, f"{late}, or export the model again")


def _tuned_order(tuned: Tuned, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The tuned engine first; a processor engine that was found on another machine stays behind a GPU's."""
    stays_behind = not ENGINES[tuned.engine].on_gpu and tuned.machine != machine_name()
    gpus = [name for name in allowed if stays_behind and ENGINES[name].on_gpu]
    return tuple(dict.fromkeys((*gpus, tuned.engine, *allowed)))


def _tell_why_not(rejected: dict[str, str], absent: dict[str, str], chosen: EngineSpec, told: bool) -> None:
    """Logs why engines before the chosen one were not used: a GPU that stays idle as a warning, once.

    An engine that is not installed is missed only where there is a GPU for it.
    """
    known = rejected | (absent if has_nvidia_gpu() else {})
    missed = [name for name in ENGINES if name in known and ENGINES[name].on_gpu and not chosen.on_gpu]
    for name, reason in (absent | rejected).items():
        level = logging.WARNING if name in missed[-1:] and not told else logging.INFO
        _LOG.log(level, "%s was not used: %s", name, reason)


def _joined(reasons: dict[str, str]) -> str:
    return "no engine here runs the model: " + "; ".join(f"{name}: {why}" for name, why in reasons.items())
