"""Noise layer by layer, of ONNX files; those of TFLite are in `test_quantize_tflite`."""

import io

import cv2
import numpy as np

from edgebreed.export.graph.index import Index, Model, set_constant
from edgebreed.export.layers import COMPARED_ONNX, LayerNoise, layer_noise, save_plot
from edgebreed.export.noise import NOISELESS_DB
from edgebreed.export.recipe import Format

from .graph.models import PHOTOS, residual


def rows_against(changed: Model) -> tuple[LayerNoise, ...]:
    """The residual network against a change of it."""
    bodies = [model.SerializeToString() for model in (residual(), changed)]
    return layer_noise(Format.ONNX, bodies[0], bodies[1], PHOTOS[:3])


def test_the_same_model_has_no_noise() -> None:
    """In the order of the graph, from the photo to the answer."""
    rows = rows_against(residual())
    compared = [node.output[0] for node in residual().graph.node if node.op_type in COMPARED_ONNX]
    assert compared == [row.layer for row in rows]
    assert {NOISELESS_DB} == {row.snr_db for row in rows}


def test_noise_begins_where_the_fault_is() -> None:
    """A planted one: the weights of one layer, a little off."""
    spoilt = residual()
    weights = Index(spoilt).constant("p2")
    assert weights is not None
    set_constant(spoilt, "p2", (weights * 1.1).astype(np.float32))
    noise = {row.layer: row.snr_db for row in rows_against(spoilt)}
    before, behind = ("pixels", "x0", "y1", "z1", "x1", "y2"), ("z2", "x2", "z3", "logits")
    assert {NOISELESS_DB} == {noise[layer] for layer in before}
    assert 10 < noise["z2"] < 25
    assert all(noise[layer] < 60 for layer in behind)


def test_values_of_one_file_alone_are_left_out() -> None:
    """An export may merge layers away."""
    renamed = residual()
    for node in renamed.graph.node:
        for names in (node.input, node.output):
            names[:] = ["other" if name == "z1" else name for name in names]
    assert "z1" not in {row.layer for row in rows_against(renamed)}


def test_the_plot_is_a_picture() -> None:
    """With the noisiest layer named on the side that has room."""
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
