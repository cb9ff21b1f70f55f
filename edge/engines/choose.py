"""Which engine runs a model on this machine."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from edgebreed.edge.engines import onnx_runtime
from edgebreed.edge.engines.base import Engine
from edgebreed.edge.engines.litert import LiteRTEngine
from edgebreed.edge.engines.onnx_runtime import PROVIDERS, OnnxRuntimeEngine
from edgebreed.edge.engines.openvino import OpenVINOEngine
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.edge.target import mismatch, processor_target, saturates
from edgebreed.errors import EngineError, MissingExtraError

_LOG = logging.getLogger(__name__)

AUTO = "auto"
ENGINES = (AUTO, *PROVIDERS, "openvino", "litert")
"""What `--engine` takes. `auto` tries, for an ONNX file, in this order; a TFLite file has `litert` alone."""


@dataclass(frozen=True)
class EngineOptions:
    """How to run a model.

    Attributes:
        engine: one of `ENGINES`, or an execution provider's full name.
        threads: threads of one inference; 0 lets the engine choose.
        allow_fallback: take the next engine where the one that was asked for is missing.
        spin: ONNX Runtime's threads wait for work by spinning; on few cores that takes them from the
            face search, and slows the whole way down by a quarter on two.
        arena: ONNX Runtime keeps memory for the next run.
        memory_pattern: ONNX Runtime plans the places of all tensors once.
        io_binding: input and outputs stay on the device between runs; None does so on a GPU.
        trt_fp16: TensorRT may compute in float16.
    """

    engine: str = AUTO
    threads: int = 0
    allow_fallback: bool = False
    spin: bool = False
    arena: bool = True
    memory_pattern: bool = True
    io_binding: bool | None = None
    trt_fp16: bool = False

    def __post_init__(self) -> None:
        by_provider = {provider.lower(): name for name, provider in PROVIDERS.items()}
        name = by_provider.get(self.engine.lower(), self.engine.lower())
        if name not in ENGINES:
            raise EngineError(f"no engine {self.engine!r}: choose one of {', '.join(ENGINES)}")
        object.__setattr__(self, "engine", name)


def load_engine(path: Path, manifest: Manifest, options: EngineOptions | None = None) -> Engine:
    """As `open_engine`, with a warning in the log where the model was made for another target.

    Raises:
        EngineError: the engine does not run this kind of file, or is not on this machine.
        MissingExtraError: the engine's package is not installed.
    """
    engine = open_engine(path, manifest, options)
    warning = mismatch(manifest, engine.name, processor_target())
    if warning:
        _LOG.warning("edgebreed: %s", warning)
    return engine


def open_engine(path: Path, manifest: Manifest, options: EngineOptions | None = None) -> Engine:
    """Opens a model in the engine that was asked for, or in the first that this machine has.

    Raises:
        EngineError: the engine does not run this kind of file, or is not on this machine.
        MissingExtraError: the engine's package is not installed.
    """
    options = options or EngineOptions()
    allowed = engines_for(path)
    if options.engine not in (AUTO, *allowed):
        raise EngineError(f"{options.engine} does not run {path.name}: choose one of {', '.join(allowed)}")
    if options.engine == AUTO:
        return _first(path, manifest, options, allowed)
    try:
        return _open(options.engine, path, manifest, options)
    except (EngineError, MissingExtraError):
        if not options.allow_fallback:
            raise
        return _first(path, manifest, options, allowed)


def engines_for(path: Path) -> tuple[str, ...]:
    """The engines that run this kind of file, in the order in which `auto` tries them."""
    return ("litert",) if path.suffix == ".tflite" else (*PROVIDERS, "openvino")


def present() -> dict[str, bool]:
    """Each engine, and whether this machine has it."""
    providers = onnx_runtime.available()
    runtimes = {name: provider in providers for name, provider in PROVIDERS.items()}
    return {**runtimes, "openvino": _installed("openvino"), "litert": _installed("ai_edge_litert")}


def _installed(package: str) -> bool:
    return find_spec(package) is not None


def _first(path: Path, manifest: Manifest, options: EngineOptions, allowed: tuple[str, ...]) -> Engine:
    """The first engine that is there and starts; the error of the last one where none does.

    What `edgebreed tune` found fastest for this file comes before the others, with its threads.
    """
    here, tuned = present(), manifest.tuned
    if tuned and tuned.engine in allowed and here[tuned.engine]:
        allowed = (tuned.engine, *(name for name in allowed if name != tuned.engine))
        options = replace(options, threads=options.threads or tuned.threads)
    candidates = [name for name in allowed if here[name]] or [allowed[-1] if len(allowed) == 1 else "cpu"]
    for name in candidates[:-1]:
        try:
            return _open(name, path, manifest, options)
        except EngineError:
            continue
    return _open(candidates[-1], path, manifest, options)


def _open(name: str, path: Path, manifest: Manifest, options: EngineOptions) -> Engine:
    classes, threads = len(manifest.classes), options.threads
    openers: dict[str, Callable[[], Engine]] = {
        "litert": lambda: LiteRTEngine(path, classes, threads or os.cpu_count() or 1),
        "openvino": lambda: OpenVINOEngine(path, classes, threads),
    }
    if name in openers:
        return openers[name]()
    precise = name == "cpu" and saturates(manifest, processor_target())
    return OnnxRuntimeEngine(path, PROVIDERS[name], classes, _session(manifest, options, precise))


def _session(manifest: Manifest, options: EngineOptions, precise: bool) -> SessionSettings:
    return SessionSettings(
        threads=options.threads,
        spin=options.spin,
        arena=options.arena,
        memory_pattern=options.memory_pattern,
        bind=options.io_binding,
        trt_fp16=options.trt_fp16,
        int8=manifest.precision is Precision.INT8,
        precise=precise,
    )
