"""LiteRT, and the outputs of TFLite files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.engines.litert import LiteRTEngine, dequantized
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import EngineError, ModelFileError

from ...conftest import colour_manifest, model_of
from ...export.tflite_models import IMAGES, SIDE, run, small_tflite, static_tflite

THREADS = 8


@pytest.fixture(params=[small_tflite, static_tflite], ids=["any batch", "static batch"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> LiteRTEngine:
    """A small model of three classes, in `model.tflite`."""
    (tmp_path / "model.tflite").write_bytes(request.param())
    return LiteRTEngine(model_of(tmp_path / "model.tflite", colour_manifest()), threads=1)


@pytest.mark.keras
def test_threads_share_an_interpreter(engine: LiteRTEngine, tmp_path: Path) -> None:
    """Eight at once, with batches of different sizes, get what one image after another gives."""
    expected = run((tmp_path / "model.tflite").read_bytes())
    spans = [(first, first + size) for size in (1, 2, 3) for first in range(4)] * 20

    def answered(span: tuple[int, int]) -> bool:
        found = engine.run(IMAGES[slice(*span)]).probabilities
        return np.allclose(expected[slice(*span)], found, atol=1e-6)

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(answered, spans))


@pytest.mark.keras
def test_a_batch_that_is_refused_does_not_break_the_next(engine: LiteRTEngine) -> None:
    """Whether it is of another size or of another type."""
    expected = engine.run(IMAGES).probabilities
    wrongs: list[Any] = [np.zeros((2, SIDE + 1, SIDE, 3), np.uint8), np.zeros((2, SIDE, SIDE, 3), np.float64)]
    for wrong in wrongs:
        with pytest.raises(EngineError, match=r"litert failed on a batch of shape \(2, "):
            engine.run(wrong)
        np.testing.assert_array_equal(expected, engine.run(IMAGES).probabilities)


@pytest.mark.keras
@pytest.mark.parametrize(
    "lie", [{"input": InputSpec(9, 8)}, {"classes": ("a", "b"), "labels": ("A", "B"), "golden": ()}]
)
def test_a_manifest_that_lies_about_the_model_is_refused_at_open(lie: dict[str, Any], tmp_path: Path) -> None:
    """Before any memory is taken for what it says."""
    (tmp_path / "model.tflite").write_bytes(small_tflite())
    with pytest.raises(
        ModelFileError, match="colours (takes|gives) .*, and its manifest says .*: export the"
    ):
        LiteRTEngine(model_of(tmp_path / "model.tflite", colour_manifest(**lie)), threads=1)


def test_integers_become_real_values() -> None:
    """By scale and zero point; 255 does not wrap around."""
    values = dequantized(np.array([[0, 128, 255]], np.uint8), {"quantization": (1 / 256, 0)})
    np.testing.assert_allclose([[0.0, 0.5, 255 / 256]], values)
    values = dequantized(np.array([[-128, 127]], np.int8), {"quantization": (0.5, -128)})
    np.testing.assert_allclose([[0.0, 127.5]], values)


def test_floats_stay() -> None:
    """Whatever the file says of their scale."""
    values = np.array([[0.25, 0.75]], np.float32)
    np.testing.assert_array_equal(values, dequantized(values, {"quantization": (0.0, 0)}))
