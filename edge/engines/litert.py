"""LiteRT, which runs TFLite files through XNNPACK."""

import os
import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from edgebreed.edge.engines.time_limit import InferenceLimit
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.errors import MissingExtraError


class LiteRTEngine:
    """Runs a TFLite file.

    Its interpreter holds one batch at a time, so threads that share the engine take turns.

    Args:
        model: the model.
        threads: threads of one inference.
        timeout_s: how long one inference may take, without the wait for a turn; None allows some time an
            image.

    Raises:
        EngineError: LiteRT refuses the model.
        ModelFileError: the model's inputs or outputs are not those of its manifest.
        MissingExtraError: LiteRT is not installed.
    """

    name = "litert"

    def __init__(self, model: ModelFile, threads: int, timeout_s: float | None = None) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise MissingExtraError("LiteRT", "litert") from error
        with engine_faults(f"LiteRT refuses {model.path}"):
            self._interpreter = Interpreter(model_content=model.data, num_threads=threads)
            inputs = self._interpreter.get_input_details()
            self._outputs = self._interpreter.get_output_details()
            check_interface(_infos(inputs), _infos(self._outputs), model.manifest)
            self._input = inputs[0]
            self._allocate(1)
        self._classes = len(model.manifest.classes)
        self._single = self._input["shape_signature"][0] == 1
        self._turn, self._limit = threading.Lock(), InferenceLimit(self.name, timeout_s)

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Runs the model on a batch `(N, H, W, 3) uint8 RGB`; a file of static batch 1 takes one by one."""
        with self._turn, engine_faults(f"{self.name} failed on a batch of shape {batch.shape}"):
            return named_outputs(self._limit.run(self._infer, batch), self._classes)

    def _infer(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        return in_rows(self._invoke, batch, self._single)

    def _allocate(self, batch: int) -> None:
        """Takes the memory for a batch; without it for one, LiteRT would end the process in the next run."""
        self._batch = 0
        shape = (batch, *self._input["shape"][1:])
        self._interpreter.resize_tensor_input(self._input["index"], shape)
        self._interpreter.allocate_tensors()
        self._batch = batch

    def _invoke(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        if len(batch) != self._batch:
            self._allocate(len(batch))
        self._interpreter.set_tensor(self._input["index"], batch)
        self._interpreter.invoke()
        return [
            dequantized(self._interpreter.get_tensor(detail["index"]), detail) for detail in self._outputs
        ]


def dequantized(values: NDArray[Any], detail: dict[str, Any]) -> NDArray[np.float32]:
    """A tensor's real values; integers are mapped by its scale and zero point (TFLite quantization spec).

    Args:
        values: as the interpreter hands them out.
        detail: what `get_tensor_details` says of the tensor.
    """
    if not np.issubdtype(values.dtype, np.integer):
        return np.asarray(values, np.float32)
    scale, zero_point = detail["quantization"]
    return np.asarray((values.astype(np.float32) - zero_point) * scale, np.float32)


def _infos(details: list[dict[str, Any]]) -> list[TensorInfo]:
    """LiteRT marks an open size by -1, in a shape of its own."""
    return [
        TensorInfo(
            np.dtype(detail["dtype"]).name,
            tuple(None if size < 0 else int(size) for size in detail["shape_signature"]),
        )
        for detail in details
    ]


def _open(model: ModelFile, options: EngineOptions) -> Engine:
    return LiteRTEngine(model, options.threads or os.cpu_count() or 1, options.inference_timeout_s)


def _why_unavailable() -> str | None:
    return None if find_spec("ai_edge_litert") else str(MissingExtraError("LiteRT", "litert"))


SPECS = (EngineSpec("litert", (ModelFormat.TFLITE,), "litert", ("threads",), _why_unavailable, _open),)
