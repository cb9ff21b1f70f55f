"""PyTorch as an engine; eager here, a CUDA graph where there is a GPU."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is no part of the project's environment")

from edgebreed.benchmarks.studies.native_overhead import open_native_engine  # noqa: E402  (where torch is)
from edgebreed.benchmarks.studies.peers.torch_engine import input_shape, open_torch  # noqa: E402

from .float_exports import SIZE, random_images, write_network  # noqa: E402

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("half", [False, True])
def test_each_batch_has_its_own_answer(tmp_path: Path, device: str, half: bool) -> None:
    """Also the one after another, and an answer stays what it was."""
    path, images = write_network(tmp_path / "small.onnx", half=half), random_images(6)
    native = open_native_engine(path, "onnxruntime/CPUExecutionProvider")
    infer, batches = open_torch(path, device, images=2), np.split(images, 3)
    answers = [infer(batch) for batch in batches]
    for batch, answer in zip(batches, answers, strict=True):
        for expected, found in zip(native(batch), answer, strict=True):
            assert np.abs(expected - found).max() < 5e-3


def test_the_size_of_the_images_is_the_files(tmp_path: Path) -> None:
    """Height, width, channels."""
    assert (SIZE, SIZE, 3) == input_shape(write_network(tmp_path / "small.onnx"))
