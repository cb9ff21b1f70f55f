"""PyTorch as an inference engine: its CUDA graph on a GPU, eager on a processor."""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from edgebreed.benchmarks.studies.native_overhead import Infer
from edgebreed.benchmarks.studies.peers.torch_network import read_network

WARM_UP_RUNS = 3  # before the capture, as PyTorch's documentation asks for


def open_torch(path: Path, device: str, images: int) -> Infer:
    """Opens a float ONNX file as a network of PyTorch for batches of one size.

    cuDNN looks for the fastest convolutions and matrix products may use TF32, as ONNX Runtime does too.

    Args:
        path: the model file.
        device: `cuda` or `cpu`.
        images: in each batch.

    Raises:
        InputError: the file is no float export of edgebreed.
    """
    network = read_network(path, widen=device == "cpu")
    if device == "cpu":
        return lambda batch: [output.numpy() for output in network(torch.from_numpy(batch))]
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    return _captured(network.cuda(), (images, *input_shape(path)))


def has_gpu() -> bool:
    """Whether this build of PyTorch finds a GPU."""
    return bool(torch.cuda.is_available())


def input_shape(path: Path) -> tuple[int, int, int]:
    """Height, width and channels of an ONNX file's images."""
    _, *sizes = onnx.load(path).graph.input[0].type.tensor_type.shape.dim
    height, width, channels = (size.dim_value for size in sizes)
    return height, width, channels


def _captured(network: torch.fx.GraphModule, shape: tuple[int, ...]) -> Infer:
    """The network as a CUDA graph between buffers that stay; those of the host are pinned."""
    batch = torch.zeros(shape, dtype=torch.uint8).pin_memory()
    image, graph, stream = batch.cuda(), torch.cuda.CUDAGraph(), torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UP_RUNS):
            network(image)
    torch.cuda.current_stream().wait_stream(stream)
    with torch.cuda.graph(graph):
        outputs = network(image)
    copies = [torch.empty_like(output, device="cpu").pin_memory() for output in outputs]

    def infer(images: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        batch.numpy()[:] = images
        image.copy_(batch, non_blocking=True)
        graph.replay()
        for copy, output in zip(copies, outputs, strict=True):
            copy.copy_(output, non_blocking=True)
        torch.cuda.synchronize()
        return [copy.numpy().copy() for copy in copies]

    return infer
