"""OpenVINO, often the fastest engine on Intel and AMD processors."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.base import Answers, answers, in_rows
from edgebreed.errors import EngineError, MissingExtraError


class OpenVINOEngine:
    """Runs an ONNX file on the processor, in float32 where the model is float.

    OpenVINO would take BF16 on processors that have it and so answer differently from the file.

    Args:
        path: the model.
        classes: number of classes of the model.
        threads: threads of one inference; 0 lets OpenVINO choose.

    Raises:
        EngineError: OpenVINO refuses the model.
        MissingExtraError: OpenVINO is not installed.
    """

    name = "openvino/CPU"

    def __init__(self, path: Path, classes: int, threads: int = 0) -> None:
        try:
            import openvino
        except ImportError as error:
            raise MissingExtraError("OpenVINO", "openvino") from error
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            settings["INFERENCE_NUM_THREADS"] = str(threads)
        try:
            self._model = openvino.Core().compile_model(str(path), "CPU", settings)
        except RuntimeError as error:
            raise EngineError(f"OpenVINO refuses {path}: {str(error).splitlines()[0]}") from error
        self._classes = classes
        rows = self._model.inputs[0].get_partial_shape()[0]
        self._single = rows.is_static and rows.get_length() == 1

    def run(self, batch: NDArray[np.uint8]) -> Answers:
        """Answers a batch `(N, H, W, 3) uint8 RGB`; a file of static batch 1 takes one row after another."""
        return answers(in_rows(self._outputs, batch, self._single), self._classes)

    def _outputs(self, batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        return [np.array(output) for output in self._model(batch).values()]
