"""Inference by each runtime's own interface."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.studies.native_engine import bare_engine

from ...conftest import RED, plain


@pytest.mark.parametrize("ran", ["onnxruntime/CPUExecutionProvider", "openvino/CPU"])
def test_it_answers_as_the_engine_does(colours: Path, ran: str) -> None:
    """Red for red."""
    batch = np.ascontiguousarray(plain(RED, 8, 8)[None, ..., ::-1])
    (probabilities,) = bare_engine(colours, ran, threads=1)(batch)
    assert (1, 3) == probabilities.shape
    assert 0 == probabilities[0].argmax()
