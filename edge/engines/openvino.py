"""OpenVINO, often the fastest engine on Intel and AMD processors."""

import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
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
from edgebreed.edge.engines.time_limit import InferenceLimit, on_timeout
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.errors import EngineError, MissingExtraError


class OpenVINOEngine:
    """Runs an ONNX file on the processor, in float32 where the model is float.

    OpenVINO would take BF16 on processors that have it and so answer differently from the file.
    Inferences at the same time have a request each.

    Args:
        model: the model.
        threads: threads of one inference; 0 lets OpenVINO choose.
        timeout_s: how long one inference may take; None allows some time an image.

    Raises:
        EngineError: OpenVINO refuses the model.
        ModelFileError: the model's inputs or outputs are not those of its manifest.
        MissingExtraError: OpenVINO is not installed.
    """

    name = "openvino/CPU"

    def __init__(self, model: ModelFile, threads: int = 0, timeout_s: float | None = None) -> None:
        try:
            openvino = telemetry.import_quietly("openvino")
        except ImportError as error:
            raise MissingExtraError("OpenVINO", "openvino") from error
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            settings["INFERENCE_NUM_THREADS"] = str(threads)
        with engine_faults(f"OpenVINO refuses {model.path}"):
            core = openvino.Core()
            self._model = _compiled(core, core.read_model(model.data), settings)
            check_interface(_infos(self._model.inputs), _infos(self._model.outputs), model.manifest)
        self._classes = len(model.manifest.classes)
        rows = self._model.inputs[0].get_partial_shape()[0]
        self._single = rows.is_static and rows.get_length() == 1
        self._local = threading.local()
        self._limit = InferenceLimit(self.name, timeout_s)

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`; a file of static batch 1 takes one by one."""
        with engine_faults(f"{self.name} failed on a batch of shape {batch.shape}"):
            return named_outputs(self._limit.run(self._infer, batch), self._classes)

    def _infer(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        on_timeout(self._request.cancel)
        return in_rows(self._outputs, batch, self._single)

    def _outputs(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        results = self._request.infer([batch], share_inputs=True)
        return [np.array(output) for output in results.values()]

    @property
    def _request(self) -> Any:
        if not hasattr(self._local, "request"):
            self._local.request = self._model.create_infer_request()
        return self._local.request


def _compiled(core: Any, graph: Any, settings: dict[str, str]) -> Any:
    """A compiled model; where a service's sandbox is in the way, the error says how to let it through."""
    try:
        return core.compile_model(graph, "CPU", settings)
    except RuntimeError as error:
        if "can't protect" not in str(error):
            raise
        raise EngineError(
            "OpenVINO makes machine code while it runs, which is not allowed here: take another engine, or "
            "set MemoryDenyWriteExecute=no in a drop-in of the service"
        ) from error


def _infos(tensors: list[Any]) -> list[TensorInfo]:
    """OpenVINO calls float32 `f32`, and an open size dynamic."""
    names = {"f32": "float32", "f16": "float16", "u8": "uint8", "i8": "int8"}
    infos = []
    for tensor in tensors:
        kind, shape = tensor.element_type.get_type_name(), tensor.get_partial_shape()
        sizes = (
            ()
            if shape.rank.is_dynamic
            else tuple(size.get_length() if size.is_static else None for size in shape)
        )
        infos.append(TensorInfo(names.get(kind, kind), sizes))
    return infos


def _open(model: ModelFile, options: EngineOptions) -> Engine:
    return OpenVINOEngine(model, options.threads, options.inference_timeout_s)


def _why_unavailable() -> str | None:
    return None if find_spec("openvino") else str(MissingExtraError("OpenVINO", "openvino"))


SPECS = (EngineSpec("openvino", (ModelFormat.ONNX,), "openvino", ("threads",), _why_unavailable, _open),)
