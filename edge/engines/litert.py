"""LiteRT, which runs TFLite files through XNNPACK."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.base import Answers, answers
from edgebreed.errors import EngineError, MissingExtraError


class LiteRTEngine:
    """Runs a TFLite file.

    Args:
        path: the model.
        classes: number of classes of the model.
        threads: threads of one inference.

    Raises:
        EngineError: LiteRT refuses the model.
        MissingExtraError: LiteRT is not installed.
    """

    name = "litert"

    def __init__(self, path: Path, classes: int, threads: int) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise MissingExtraError("LiteRT", "litert") from error
        try:
            self._interpreter = Interpreter(model_path=str(path), num_threads=threads)
        except ValueError as error:
            raise EngineError(f"LiteRT refuses {path}: {str(error).splitlines()[0]}") from error
        self._classes = classes
        self._input = self._interpreter.get_input_details()[0]
        self._outputs = self._interpreter.get_output_details()
        self._batch = 0

    def run(self, batch: NDArray[np.uint8]) -> Answers:
        """Answers a batch `(N, H, W, 3) uint8 RGB`."""
        if len(batch) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], batch.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(batch)
        self._interpreter.set_tensor(self._input["index"], batch)
        self._interpreter.invoke()
        outputs = [
            dequantized(self._interpreter.get_tensor(detail["index"]), detail) for detail in self._outputs
        ]
        return answers(outputs, self._classes)


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
