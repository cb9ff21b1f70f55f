"""ONNX Runtime with buffers that stay; on the processor here, which has no graph."""

from pathlib import Path

import numpy as np

from edgebreed.benchmarks.studies.native_overhead import open_native_engine
from edgebreed.benchmarks.studies.peers.native_graph import CPU, open_native_graph

from ....conftest import BLUE, GREEN, RED, plain


def test_each_batch_has_its_own_answer(colours: Path) -> None:
    """As in a session without buffers, and an answer stays what it was."""
    bound, free = open_native_graph(colours, CPU, images=2), open_native_engine(colours, f"onnxruntime/{CPU}")
    red, green, blue = (np.ascontiguousarray(plain(colour, 8, 8)[..., ::-1]) for colour in (RED, GREEN, BLUE))
    batches = [np.stack(pair) for pair in ((red, green), (blue, red), (green, green))]
    answers = [bound(batch)[0] for batch in batches]
    assert [[0, 1], [2, 0], [1, 1]] == [answer.argmax(axis=1).tolist() for answer in answers]
    for batch, answer in zip(batches, answers, strict=True):
        assert np.array_equal(free(batch)[0], answer)
