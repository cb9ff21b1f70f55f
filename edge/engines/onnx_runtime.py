"""ONNX Runtime and its execution providers."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.engines.binding import DeviceBinding
from edgebreed.edge.engines.cuda_graph import fault_of_graph
from edgebreed.edge.engines.engine import (
    Engine,
    EngineOptions,
    EngineSpec,
    ModelOutputs,
    engine_faults,
    first_line,
    in_rows,
    named_outputs,
)
from edgebreed.edge.engines.gpu_libraries import why_not_loading
from edgebreed.edge.engines.model_interface import TensorInfo, check_interface
from edgebreed.edge.engines.placement import placement_of
from edgebreed.edge.engines.plugins import PLUGINS
from edgebreed.edge.engines.session import NOTHING, SessionSettings, engine_cache, session_class
from edgebreed.edge.engines.time_limit import InferenceLimit, on_timeout
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.errors import EngineError, MissingExtraError, ModelFileError
from edgebreed.extras import install_command, installed_runtime

_LOG = logging.getLogger(__name__)

PROVIDERS = {
    "tensorrt": "TensorrtExecutionProvider",
    "tensorrt-rtx": PLUGINS["tensorrt-rtx"].provider,
    "cuda": "CUDAExecutionProvider",
    "cpu": "CPUExecutionProvider",
    "openvino-ep": PLUGINS["openvino-ep"].provider,
}
"""Engine names and the provider of each, fastest first."""

_ON_GPU = ("TensorrtExecutionProvider", "NvTensorRTRTXExecutionProvider", "CUDAExecutionProvider")
_BY_PROVIDER = {plugin.provider: plugin for plugin in PLUGINS.values()}
LIBRARIES = {
    "TensorrtExecutionProvider": "libonnxruntime_providers_tensorrt.so",
    "CUDAExecutionProvider": "libonnxruntime_providers_cuda.so",
}
_ELSE = ", or pass --engine cpu or --allow-fallback"
_FEWER = "export it in fp16 or fp32, of which a GPU runs every node"
_WRONG_FILE, _WRONG_SHAPE = (
    ("InvalidGraph", "InvalidProtobuf"),
    ("[ShapeInferenceError]", "[TypeInferenceError]"),
)
_UNKNOWN_OPERATOR = ("No Op registered", "is not a registered function/op")
_ON_GPU_S = 600.0  # TensorRT builds an engine, also for a batch of another size; CUDA may compile its kernels


class OnnxRuntimeEngine:
    """Runs an ONNX file.

    Args:
        model: the model.
        provider: an execution provider's full name; it is used or the constructor raises.
        settings: what the session may take of the machine.

    Attributes:
        placement: which nodes run where.
        cuda_graph: whether CUDA replays the model as a graph.

    Raises:
        EngineError: the provider is not in this ONNX Runtime, does not load or did not start, or the model is
            refused.
        ModelFileError: the graph is wrong in any engine, or its inputs or outputs are not the manifest's.
        MissingExtraError: ONNX Runtime is not installed.
    """

    def __init__(self, model: ModelFile, provider: str, settings: SessionSettings | None = None) -> None:
        runtime, settings = _import(), settings or SessionSettings()
        advice = "" if settings.allow_processor else _ELSE  # needless where it is followed already
        reason = _why_provider_is_absent(provider) or _why_provider_does_not_load(provider)
        if reason is not None:
            raise EngineError(reason + advice)
        options = settings.session_options(runtime)
        if hasattr(options, "set_load_cancellation_flag"):  # since ONNX Runtime 1.21
            on_timeout(partial(options.set_load_cancellation_flag, True))
        with (
            engine_faults(f"ONNX Runtime refuses {model.path}"),
            _file_faults(model),
            _start_faults(provider, advice),
        ):
            self._session = _session(runtime, model, provider, settings, options)
        used = self._session.get_providers()[0]
        if used != provider:
            raise EngineError(
                f"{provider} did not start, ONNX Runtime fell back to {used}: see `edgebreed doctor`{advice}"
            )
        self.placement = placement_of(self._session)
        if provider in _ON_GPU and self.placement.on_processor and not settings.allow_processor:
            raise EngineError(f"{model.path}: {self.placement}: {_FEWER}{advice}")
        with engine_faults(f"ONNX Runtime refuses {model.path}"):  # a name that is no UTF-8
            inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
            check_interface(_infos(inputs), _infos(outputs), model.manifest)
            self._input, self._single = inputs[0].name, inputs[0].shape[0] == 1
        self.name = f"onnxruntime/{provider}"
        self._classes, self._runtime = len(model.manifest.classes), runtime
        device = "cuda" if provider in LIBRARIES else "cpu"
        bound = device == "cuda" if settings.bind is None else settings.bind
        self.cuda_graph = graphs = settings.cuda_graph
        self._binding = (
            DeviceBinding(runtime, self._session, device, graphs=graphs) if bound or graphs else None
        )
        # The buffers on the device are one thread's at a time; waiting for them is not inference.
        self._turn = threading.Lock() if self._binding else nullcontext()
        self._limit = InferenceLimit(self.name, settings.inference_timeout_s)

    @property
    def copies_ms(self) -> dict[str, float]:
        """What the last run's copies to the device and back took, in ms; empty where there are none."""
        return self._binding.copies_ms if self._binding else {}

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`; a file of static batch 1 takes one by one."""
        with self._turn, engine_faults(f"{self.name} failed on a batch of shape {batch.shape}"):
            return named_outputs(self._limit.run(self._infer, batch), self._classes)

    def _infer(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        options = self._runtime.RunOptions()
        options.log_severity_level = NOTHING
        on_timeout(partial(setattr, options, "terminate", True))
        if self._binding:
            self._binding.forget_copies()
        return in_rows(partial(self._outputs, options), batch, self._single)

    def _outputs(self, options: Any, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        if self._binding:
            return self._binding.run(batch, options)
        outputs: list[NDArray[np.float32]] = self._session.run(None, {self._input: batch}, options)
        return outputs


@contextmanager
def _file_faults(model: ModelFile) -> Iterator[None]:
    """Tells a graph that is wrong in any engine from operators that only this one lacks."""
    try:
        yield
    except Exception as error:
        wrong = type(error).__name__ in _WRONG_FILE or any(words in str(error) for words in _WRONG_SHAPE)
        if wrong and not any(words in str(error) for words in _UNKNOWN_OPERATOR):
            raise ModelFileError(f"{model.path} is no sound ONNX graph: {first_line(error)}") from error
        raise


@contextmanager
def _start_faults(provider: str, advice: str) -> Iterator[None]:
    """Tells a GPU that does not start from a refused model, for which ONNX Runtime has errors of its own."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if provider not in LIBRARIES:
            raise
        raise EngineError(f"{provider} did not start: {first_line(error)}{advice}") from error


def available() -> tuple[str, ...]:
    """The execution providers of the ONNX Runtime that is installed; none without one."""
    try:
        return tuple(_import().get_available_providers())
    except MissingExtraError:
        return ()


def loadable() -> tuple[str, ...]:
    """Those of `available` of which no library is missing."""
    return tuple(name for name in available() if _why_provider_does_not_load(name) is None)


def _infos(tensors: list[Any]) -> list[TensorInfo]:
    """ONNX Runtime calls float32 `tensor(float)`, and an open size by its name."""
    names = {"tensor(float)": "float32", "tensor(float16)": "float16"}
    return [
        TensorInfo(
            names.get(tensor.type, tensor.type.removeprefix("tensor(").removesuffix(")")),
            tuple(size if isinstance(size, int) else None for size in tensor.shape),
        )
        for tensor in tensors
    ]


def _session(runtime: Any, model: ModelFile, provider: str, settings: SessionSettings, options: Any) -> Any:
    """An inference session of a provider: of ONNX Runtime's own, or of a plug-in."""
    plugin = _BY_PROVIDER.get(provider)
    if plugin is None:
        chain = [(name, settings.provider_options(name, model.data)) for name in _chain(provider)]
        return session_class(runtime)(model.data, options, providers=chain)
    cache = engine_cache(plugin.extra, model.data)
    options.add_provider_for_devices(
        plugin.found_devices(runtime), {plugin.cache: str(cache)} if cache else {}
    )
    return session_class(runtime)(model.data, options)


def _chain(provider: str) -> tuple[str, ...]:
    """What runs a model: TensorRT leaves what it does not know to CUDA, before the processor gets it."""
    return (provider, "CUDAExecutionProvider") if provider == "TensorrtExecutionProvider" else (provider,)


def _open(name: str, model: ModelFile, options: EngineOptions) -> Engine:
    settings, fault = _settings(name, model, options), ""
    if name == "cuda" and options.cuda_graph:
        engine, fault = _with_cuda_graph(model, settings)
        if engine is not None:
            return engine
    engine = OnnxRuntimeEngine(model, PROVIDERS[name], settings)
    if fault:
        _LOG.warning("CUDA runs the model node by node, not as a graph: %s", fault)
    if engine.placement.on_processor and PROVIDERS[name] in _ON_GPU:
        _LOG.warning("%s: %s: %s", engine.name, engine.placement, _FEWER)
    return engine


def _with_cuda_graph(model: ModelFile, settings: SessionSettings) -> tuple[OnnxRuntimeEngine | None, str]:
    """The model as a CUDA graph where it proves that it answers right, else the reason why it is not."""
    _LOG.info("CUDA looks for the fastest convolutions, which takes some seconds at each start")
    try:
        engine = OnnxRuntimeEngine(model, PROVIDERS["cuda"], replace(settings, cuda_graph=True))
        fault = fault_of_graph(engine, model.manifest)
    except EngineError as error:
        return None, str(error)
    return (None if fault else engine), fault


def _settings(name: str, model: ModelFile, options: EngineOptions) -> SessionSettings:
    return SessionSettings(
        threads=options.threads,
        spin=options.spin,
        arena=options.arena,
        memory_pattern=options.memory_pattern,
        bind=options.io_binding,
        trt_fp16=options.trt_fp16,
        int8=model.manifest.precision is Precision.INT8,
        avoid_saturation=name == "cpu" and saturates(model.manifest, processor_target()),
        inference_timeout_s=options.inference_timeout_s or (_ON_GPU_S if name != "cpu" else None),
        allow_processor=options.allow_fallback,
    )


def _why_unavailable(name: str) -> str | None:
    try:
        return _why_provider_is_absent(PROVIDERS[name])
    except MissingExtraError as error:
        return str(error)


def _why_not_loading(name: str) -> str | None:
    return None if _why_unavailable(name) else _why_provider_does_not_load(PROVIDERS[name])


def _why_provider_is_absent(provider: str) -> str | None:
    present = _import().get_available_providers()
    if provider in _BY_PROVIDER:
        return _BY_PROVIDER[provider].why_unavailable()
    if provider in present:
        return None
    remove = f"`pip uninstall {installed_runtime() or 'onnxruntime'}`"  # pip would leave two in one folder
    build = "another build" if provider == "CPUExecutionProvider" else f"`{install_command('gpu')}`"
    return f"{provider} is not in this ONNX Runtime: {remove}, then {build} or NVIDIA's for Jetson"


def _why_provider_does_not_load(provider: str) -> str | None:
    if provider in _BY_PROVIDER:
        return _BY_PROVIDER[provider].why_not_loading(_import())
    reason = why_not_loading(_import(), LIBRARIES[provider]) if provider in LIBRARIES else None
    return f"{provider} does not load: {reason}" if reason else None


def _import() -> Any:
    try:
        runtime: Any = telemetry.import_quietly("onnxruntime")
    except ImportError as error:
        raise MissingExtraError("ONNX Runtime", "cpu") from error
    runtime.set_default_logger_severity(NOTHING)
    return runtime


_OPTIONS = ("threads", "spin", "arena", "memory_pattern", "io_binding")
_MORE_OPTIONS = {"tensorrt": ("trt_fp16",), "cuda": ("cuda_graph",)}
SPECS = tuple(
    EngineSpec(
        name=name,
        formats=(ModelFormat.ONNX,),
        extra=PLUGINS[name].extra if name in PLUGINS else "cpu" if name == "cpu" else "gpu",
        options=(*_OPTIONS, *_MORE_OPTIONS.get(name, ())),
        why_unavailable=partial(_why_unavailable, name),
        why_not_loading=partial(_why_not_loading, name),
        open=partial(_open, name),
        on_gpu=provider in _ON_GPU,
        aliases=(provider.lower(),),
        open_timeout_s=_ON_GPU_S if provider in _ON_GPU else EngineSpec.open_timeout_s,
    )
    for name, provider in PROVIDERS.items()
)
