"""OpenVINO."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.engines.openvino import SPECS, OpenVINOEngine
from edgebreed.edge.formats import read_model
from edgebreed.errors import EngineError

from ...conftest import colour_manifest, model_of


def test_threads_do_not_mix_their_answers(colours: Path) -> None:
    """Each has an inference request of its own."""
    engine = OpenVINOEngine(read_model(colours))
    batches = [np.zeros((1, 8, 8, 3), np.uint8) for _ in range(3)]
    for channel, batch in enumerate(batches):
        batch[..., channel] = 255
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(engine.run, batches * 50))
    assert [0, 1, 2] * 50 == [int(one.probabilities[0].argmax()) for one in outputs]


def test_faults_at_open_and_at_run_are_engine_errors(colours: Path, tmp_path: Path) -> None:
    """In one line each."""
    (tmp_path / "x.onnx").write_bytes(b"nonsense")
    with pytest.raises(EngineError, match=r"OpenVINO refuses .*x\.onnx"):
        OpenVINOEngine(model_of(tmp_path / "x.onnx", colour_manifest()))
    with pytest.raises(EngineError, match=r"openvino/CPU failed on a batch of shape \(1, 9, 9, 3\)"):
        OpenVINOEngine(read_model(colours)).run(np.zeros((1, 9, 9, 3), np.uint8))


def test_it_is_installed_here() -> None:
    """The tests' environment has it."""
    assert [None] == [spec.why_unavailable() for spec in SPECS]
