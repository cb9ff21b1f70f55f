"""Quantization noise of outputs and of layers; layers of TFLite are tested in `test_quantize_tflite`."""

import io

import cv2
import numpy as np
import pytest

from edgebreed.export.graph.index import GraphIndex, Model, set_constant
from edgebreed.export.layer_noise import (
    COMPARED_ONNX,
    NOISELESS_DB,
    LayerNoise,
    layer_noise,
    output_sqnr_db,
    save_plot,
    signal_and_noise,
    sqnr_db,
)

from .graph.models import IMAGES, residual


@pytest.mark.parametrize(
    ("signal", "noise", "expected"),
    [(100.0, 1.0, 20.0), (1.0, 1.0, 0.0), (1.0, 0.0, NOISELESS_DB), (0.0, 1.0, -NOISELESS_DB)],
)
def test_decibels(signal: float, noise: float, expected: float) -> None:
    """20 dB for a hundredth of the power; finite without noise and without signal."""
    assert expected == pytest.approx(sqnr_db(signal, noise))


def test_powers_are_sums_of_squares() -> None:
    """Of the reference, and of what differs from it."""
    assert (25.0, 1.0) == signal_and_noise(np.array([3.0, 4.0]), np.array([3.0, 5.0]))


def test_outputs_are_compared_by_their_logits() -> None:
    """An error of a tenth in every logit counts the same at a probability of 0.5 and of 0.999."""
    logits = np.array([[2.0, 0.0, -2.0], [7.0, 0.0, -7.0]])

    def softmax(rows: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True))

    near = [output_sqnr_db(softmax(row[None]), softmax(row[None] * 1.1)) for row in logits]
    assert [20.0, 20.0] == pytest.approx(near, abs=0.2)


def rows_against(changed: Model) -> tuple[LayerNoise, ...]:
    """The residual network against a change of it."""
    files = [model.SerializeToString() for model in (residual(), changed)]
    return layer_noise(files[0], files[1], IMAGES[:3])


def test_the_same_model_has_no_noise() -> None:
    """Layers are listed in the order of the graph, from input to output."""
    rows = rows_against(residual())
    compared = [node.output[0] for node in residual().graph.node if node.op_type in COMPARED_ONNX]
    assert compared == [row.layer for row in rows]
    assert {NOISELESS_DB} == {row.sqnr_db for row in rows}


def test_noise_begins_where_the_fault_is() -> None:
    """The weights of one layer are changed a little."""
    spoilt = residual()
    weights = GraphIndex(spoilt).constant("p2")
    assert weights is not None
    set_constant(spoilt, "p2", (weights * 1.1).astype(np.float32))
    noise = {row.layer: row.sqnr_db for row in rows_against(spoilt)}
    before, behind = ("pixels", "x0", "y1", "z1", "x1", "y2"), ("z2", "x2", "z3", "logits")
    assert {NOISELESS_DB} == {noise[layer] for layer in before}
    assert 10 < noise["z2"] < 25
    assert all(noise[layer] < 60 for layer in behind)


def test_values_of_only_one_file_are_left_out() -> None:
    """An export may merge layers."""
    renamed = residual()
    for node in renamed.graph.node:
        for names in (node.input, node.output):
            names[:] = ["other" if name == "z1" else name for name in names]
    assert "z1" not in {row.layer for row in rows_against(renamed)}


def test_the_plot_is_a_png() -> None:
    """The noisiest layer is named on the side that has room."""
    rows = [LayerNoise(f"layer{place};merged", "Conv", 40.0 - place) for place in range(9)]
    pictures = []
    for order in (rows, rows[::-1]):
        file = io.BytesIO()
        save_plot(order, "residual: onnx-int8", file)
        picture = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        pictures.append(picture)
    assert pictures[0].shape == pictures[1].shape == (440, 1100, 3)
    assert (pictures[0] != pictures[1]).any()
