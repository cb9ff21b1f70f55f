"""ONNX Runtime and its execution providers."""

import threading
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
    in_rows,
    named_outputs,
)
from edgebreed.edge.engines.model_interface import TensorInfo, check_interface
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.edge.processor import processor_target, saturates
from edgebreed.errors import EngineError, MissingExtraError
from edgebreed.extras import install_command

PROVIDERS = {
    "tensorrt": "TensorrtExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Engine names and the provider of each, fastest first."""

_ON_GPU = ("TensorrtExecutionProvider", "CUDAExecutionProvider")


class OnnxRuntimeEngine:
    """Runs an ONNX file.

    Args:
        model: the model.
        provider: an execution provider's full name; it is used or the constructor raises.
        settings: what the session may take of the machine.

    Raises:
        EngineError: the provider is not in this ONNX Runtime or did not start, or the model is refused.
        ModelFileError: the model's inputs or outputs are not those of its manifest.
        MissingExtraError: ONNX Runtime is not installed.
    """

    def __init__(self, model: ModelFile, provider: str, settings: SessionSettings | None = None) -> None:
        runtime, settings = _import(), settings or SessionSettings()
        if provider not in runtime.get_available_providers():
            raise EngineError(
                f"{_absent(provider)} (it has {', '.join(runtime.get_available_providers())}): "
                f"{_remedy(provider)}, or pass --engine cpu or --allow-fallback"
            )
        with engine_faults(f"ONNX Runtime refuses {model.path}"):
            self._session = runtime.InferenceSession(
                model.data,
                settings.session_options(runtime),
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
        self._classes = len(model.manifest.classes)
        device = "cuda" if provider in _ON_GPU else "cpu"
        bound = device == "cuda" if settings.bind is None else settings.bind
        self._binding = DeviceBinding(runtime, self._session, device) if bound else None
        self._turn = threading.Lock()

    @property
    def copies_ms(self) -> dict[str, float]:
        """What the last run's copies to the device and back took, in ms; empty where there are none."""
        return self._binding.copies_ms if self._binding else {}

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`; a file of static batch 1 takes one by one."""
        with engine_faults(f"{self.name} failed on a batch of shape {batch.shape}"):
            return named_outputs(in_rows(self._outputs, batch, self._single), self._classes)

    def _outputs(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        if self._binding:
            with self._turn:  # the buffers on the device are one thread's at a time
                return self._binding.run(batch)
        outputs: list[NDArray[np.float32]] = self._session.run(None, {self._input: batch})
        return outputs


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
    build = "another build" if provider == "CPUExecutionProvider" else f"`{install_command('gpu')}`"
    return f"replace it by {build} or NVIDIA's for Jetson"


def _import() -> Any:
    try:
        return telemetry.import_quietly("onnxruntime")
    except ImportError as error:
        raise MissingExtraError("ONNX Runtime", "cpu") from error


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
    )
    for name, provider in PROVIDERS.items()
)
