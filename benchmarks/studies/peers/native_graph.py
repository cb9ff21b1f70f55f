"""ONNX Runtime at its fastest on a GPU, by its own interface: a CUDA graph, NHWC and buffers that stay."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.benchmarks.studies.native_overhead import Infer

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
_FASTEST = {CUDA: {"enable_cuda_graph": "1", "prefer_nhwc": "1"}, CPU: {}}
_DEVICES = {CUDA: "cuda", CPU: "cpu"}


def open_native_graph(path: Path, provider: str, images: int) -> Infer:
    """Opens a model for batches of one size; each call copies them in and the outputs out.

    Args:
        path: the model file.
        provider: `CUDAExecutionProvider`, or for a trial without a GPU `CPUExecutionProvider`, which has no
            graph.
        images: in each batch.
    """
    onnxruntime = telemetry.import_quietly("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    chosen = [(provider, _FASTEST[provider])]
    session = onnxruntime.InferenceSession(str(path), options, providers=chosen)
    (image,), values = session.get_inputs(), onnxruntime.OrtValue
    batch = np.zeros((images, *image.shape[1:]), np.uint8)
    buffer = values.ortvalue_from_numpy(batch, _DEVICES[provider], 0)
    outputs = [
        values.ortvalue_from_shape_and_type((images, *output.shape[1:]), np.float32, _DEVICES[provider], 0)
        for output in session.get_outputs()
    ]
    return _replay(session, _bound(session, buffer, outputs), buffer, outputs)


def _bound(session: Any, buffer: Any, outputs: list[Any]) -> Any:
    binding = session.io_binding()
    binding.bind_ortvalue_input(session.get_inputs()[0].name, buffer)
    for output, value in zip(session.get_outputs(), outputs, strict=True):
        binding.bind_ortvalue_output(output.name, value)
    return binding


def _replay(session: Any, binding: Any, buffer: Any, outputs: list[Any]) -> Infer:
    def infer(batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        buffer.update_inplace(batch)
        session.run_with_iobinding(binding)
        return [output.numpy().copy() for output in outputs]

    return infer
