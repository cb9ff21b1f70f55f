"""ONNX Runtime and its execution providers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.engines.binding import DeviceBinding
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
from edgebreed.edge.engines.model_interface import TensorInfo, check_interface
from edgebreed.edge.engines.session import NOTHING, SessionSettings
from edgebreed.edge.engines.time_limit import InferenceLimit, on_timeout
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.errors import EngineError, MissingExtraError, ModelFileError

PROVIDERS = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Engine names and the provider of each, fastest first."""

_ON_GPU = ("TensorrtExecutionProvider", "CUDAExecutionProvider")
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

    Raises:
        EngineError: the provider is not in this ONNX Runtime or did not start, or the model is refused.
        ModelFileError: the graph is wrong in any engine, or its inputs or outputs are not the manifest's.
        MissingExtraError: ONNX Runtime is not installed.
    """

    def __init__(self, model: ModelFile, provider: str, settings: SessionSettings | None = None) -> None:
        runtime, settings = _import(), settings or SessionSettings()
        if provider not in runtime.get_available_providers():
            raise EngineError(
                f"{_absent(provider)} (it has {', '.join(runtime.get_available_providers())}): "
                f"{_remedy(provider)}, or pass --engine cpu or --allow-fallback"
            )
        options = settings.session_options(runtime, provider)
        if hasattr(options, "set_load_cancellation_flag"):  # since ONNX Runtime 1.21
            on_timeout(partial(options.set_load_cancellation_flag, True))
        with engine_faults(f"ONNX Runtime refuses {model.path}"), _file_faults(model):
            self._session = runtime.InferenceSession(
                model.data,
                options,
                providers=[(provider, settings.provider_options(provider, model.data))],
            )
        used = self._session.get_providers()[0]
        if used != provider:
            raise EngineError(
                f"{provider} did not start, ONNX Runtime fell back to {used}: check its libraries"
            )
        with engine_faults(f"ONNX Runtime refuses {model.path}"):  # a name that is no UTF-8
            inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
            check_interface(_infos(inputs), _infos(outputs), model.manifest)
            self._input, self._single = inputs[0].name, inputs[0].shape[0] == 1
        self.name = f"onnxruntime/{provider}"
        self._classes, self._runtime = len(model.manifest.classes), runtime
        device = "cuda" if provider in _ON_GPU else "cpu"
        bound = device == "cuda" if settings.bind is None else settings.bind
        self._binding = DeviceBinding(runtime, self._session, device) if bound else None
        # The buffers on the device are one thread's at a time; waiting for them is not inference.
        self._turn = threading.Lock() if bound else nullcontext()
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


def available() -> tuple[str, ...]:
    """The execution providers of the ONNX Runtime that is installed; none without one."""
    try:
        return tuple(_import().get_available_providers())
    except MissingExtraError:
        return ()


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


def _open(name: str, model: ModelFile, options: EngineOptions) -> Engine:
    settings = SessionSettings(
        threads=options.threads,
        spin=options.spin,
        arena=options.arena,
        memory_pattern=options.memory_pattern,
        bind=options.io_binding,
        trt_fp16=options.trt_fp16,
        int8=model.manifest.precision is Precision.INT8,
        avoid_saturation=name == "cpu" and saturates(model.manifest, processor_target()),
        inference_timeout_s=options.inference_timeout_s or (_ON_GPU_S if name != "cpu" else None),
    )
    return OnnxRuntimeEngine(model, PROVIDERS[name], settings)


def _why_unavailable(name: str) -> str | None:
    try:
        present = _import().get_available_providers()
    except MissingExtraError as error:
        return str(error)
    return None if PROVIDERS[name] in present else f"{_absent(PROVIDERS[name])}: {_remedy(PROVIDERS[name])}"


def _absent(provider: str) -> str:
    return f"{provider} is not in this ONNX Runtime"


def _remedy(provider: str) -> str:
    build = "another build" if provider == "CPUExecutionProvider" else '`pip install "edgebreed[gpu]"`'
    return f"replace it by {build} or JetPack's"


def _import() -> Any:
    try:
        runtime: Any = telemetry.import_quietly("onnxruntime")
    except ImportError as error:
        raise MissingExtraError("ONNX Runtime", "cpu") from error
    runtime.set_default_logger_severity(NOTHING)
    return runtime


_OPTIONS = ("threads", "spin", "arena", "memory_pattern", "io_binding")
SPECS = tuple(
    EngineSpec(
        name=name,
        formats=(ModelFormat.ONNX,),
        extra="cpu" if name == "cpu" else "gpu",
        options=(*_OPTIONS, "trt_fp16") if name == "tensorrt" else _OPTIONS,
        why_unavailable=partial(_why_unavailable, name),
        open=partial(_open, name),
        on_gpu=provider in _ON_GPU,
        aliases=(provider.lower(),),
        open_timeout_s=_ON_GPU_S if provider in _ON_GPU else EngineSpec.open_timeout_s,
    )
    for name, provider in PROVIDERS.items()
)
