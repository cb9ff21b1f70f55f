"""Inference by each runtime's own Python interface, with nothing of edgebreed in between."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.stats.verdict import engine_word
from edgebreed.edge.engines.onnx_runtime import PROVIDERS

Infer = Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]]
"""The outputs for a batch `(N, H, W, 3) uint8 RGB`."""


def bare_engine(path: Path, ran: str, threads: int = 0) -> Infer:
    """Opens a model as the runtime's own documentation does.

    Args:
        path: the model file.
        ran: what the pipeline's engine calls itself, so that the same one is opened.
        threads: threads of one inference; 0 lets the runtime choose.
    """
    word = engine_word(ran)
    if word == "openvino":
        return _openvino(path, threads)
    if word == "litert":
        return _litert(path, threads)
    return _onnx_runtime(path, PROVIDERS.get(word, word), threads)


def _onnx_runtime(path: Path, provider: str, threads: int) -> Infer:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})


def _openvino(path: Path, threads: int) -> Infer:
    import openvino

    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    model = openvino.Core().compile_model(str(path), "CPU", settings)
    return lambda batch: list(model(batch).values())


def _litert(path: Path, threads: int) -> Infer:
    import os

    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=threads or os.cpu_count() or 1)
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]["index"]
    outputs = [detail["index"] for detail in interpreter.get_output_details()]

    def infer(batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        interpreter.set_tensor(place, batch)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in outputs]

    return infer
