"""A float export as a network of PyTorch, against ONNX Runtime."""

from pathlib import Path

import numpy as np
import onnx
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is no part of the project's environment")

from edgebreed.benchmarks.studies.native_overhead import open_native_engine  # noqa: E402  (where torch is)
from edgebreed.benchmarks.studies.peers.torch_network import read_network  # noqa: E402
from edgebreed.errors import InputError  # noqa: E402

from .float_exports import random_images, write_network  # noqa: E402

CPU = "onnxruntime/CPUExecutionProvider"


@pytest.mark.parametrize(
    ("half", "widen", "bound"), [(False, False, 1e-6), (True, False, 5e-3), (True, True, 5e-3)]
)
def test_it_answers_as_in_onnx_runtime(tmp_path: Path, half: bool, widen: bool, bound: float) -> None:
    """Every operator, with paddings that differ by side; all outputs in their order."""
    path, batch = write_network(tmp_path / "small.onnx", half=half), random_images(5)
    expected = open_native_engine(path, CPU)(batch)
    found = read_network(path, widen=widen)(torch.from_numpy(batch))
    assert [(5, 1), (5, 3)] == [tuple(output.shape) for output in found]
    assert np.ptp(expected[1], axis=0).max() > 0.05, "the images must not look alike to it"
    for one, other in zip(expected, found, strict=True):
        assert np.abs(one - other.numpy()).max() <= bound


def test_float16_stays_float16_unless_it_is_widened(tmp_path: Path) -> None:
    """A GPU computes in it; a processor that lacks it would take minutes."""
    path = write_network(tmp_path / "small.onnx", half=True)
    for widen, kind in ((False, torch.float16), (True, torch.float32)):
        assert {kind} == {buffer.dtype for buffer in read_network(path, widen=widen).buffers()}


def test_what_no_export_has_is_refused_by_name(tmp_path: Path) -> None:
    """An operator, or an attribute of one."""
    path = write_network(tmp_path / "a.onnx", auto_pad="SAME_UPPER")
    with pytest.raises(InputError, match=r"a\.onnx: Conv with auto_pad: give an fp32 or fp16 export"):
        read_network(path)
    model = onnx.load(write_network(path))
    model.graph.node[4].op_type = "Selu"
    onnx.save(model, path)
    with pytest.raises(InputError, match=r"a\.onnx: no PyTorch for Selu: give an fp32 or fp16 export"):
        read_network(path)
