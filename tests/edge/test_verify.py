"""Golden vectors replayed."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, EngineOptions, ModelOutputs, load_engine
from edgebreed.edge.formats import read_manifest, read_model
from edgebreed.edge.jpeg_reduction import COLOUR_FLAGS
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule, to_input
from edgebreed.edge.verify import replay, verify
from edgebreed.errors import ModelFileError

from ..conftest import colour_manifest, golden, model_of


class ChannelsSwapped:
    """An engine that is fed BGR where its model takes RGB."""

    name = "swapped"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Answers with the colour channels in the wrong order."""
        return self._engine.run(np.ascontiguousarray(batch[..., ::-1]))


@pytest.fixture(scope="module")
def shipped() -> Engine:
    """The shipped model in ONNX Runtime."""
    return load_engine(read_model(SHIPPED_MODEL), EngineOptions("cpu"))


def test_the_shipped_model_passes_here(shipped: Engine) -> None:
    """From encoded bytes to probabilities."""
    result = verify(shipped, read_manifest(SHIPPED_MODEL))
    assert result.passed, result.to_dict()
    assert 4 == len(result.checks)


def test_swapped_channels_fail(shipped: Engine) -> None:
    """The fault that a look at labels misses."""
    assert not verify(ChannelsSwapped(shipped), read_manifest(SHIPPED_MODEL)).passed


@pytest.mark.parametrize("rule", [ResizeRule.LETTERBOX, ResizeRule.CENTER_CROP])
def test_another_resize_rule_fails(shipped: Engine, rule: ResizeRule) -> None:
    """The golden images are not square."""
    manifest = read_manifest(SHIPPED_MODEL)
    assert not verify(shipped, replace(manifest, input=replace(manifest.input, resize=rule))).passed


class Broken:
    """An engine whose answer is not a number, or without the score that the model has."""

    name = "broken"

    def __init__(self, answers: ModelOutputs) -> None:
        self._answers = answers

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Always the same."""
        return self._answers


@pytest.mark.parametrize("known", [np.array([np.nan], np.float32), None])
def test_what_is_no_number_or_is_missing_fails(known: NDArray[np.float32] | None) -> None:
    """A comparison with it is never true, so it must not be left to one."""
    manifest = read_manifest(SHIPPED_MODEL)
    exact = np.array([manifest.golden[0].probabilities], np.float32)
    alone = replace(manifest, golden=manifest.golden[:1])
    result = verify(Broken(ModelOutputs(exact, known)), alone)
    assert (False, 1.0) == (result.passed, result.max_error)


@pytest.mark.parametrize(("side", "refused"), [(2000, False), (2001, True)])
def test_golden_pictures_of_more_than_sixteen_million_pixels_are_refused(
    colours: Path, side: int, refused: bool
) -> None:
    """A few kilobytes of them took minutes and gigabytes to decode."""
    vectors = (golden(np.zeros((side, 4000, 3), np.uint8), "large.png", (1 / 3,) * 3),) * 2
    manifest = colour_manifest(golden=vectors)
    engine = load_engine(model_of(colours, manifest), EngineOptions("cpu"))
    if refused:
        with pytest.raises(ModelFileError, match=r"vectors of 16,008,000 pixels, at most 16,000,000 in all"):
            verify(engine, manifest)
    else:
        assert verify(engine, manifest).passed


def test_a_model_without_golden_vectors_is_told_so(colours: Path) -> None:
    """The remedy is another export."""
    manifest = colour_manifest(golden=())
    with pytest.raises(ModelFileError, match="colours holds no golden vectors: export it again"):
        verify(load_engine(model_of(colours, manifest), EngineOptions("cpu")), manifest)


class Remembering:
    """An engine that keeps what it was given."""

    name = "remembering"

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """The same probabilities for everything."""
        self.batch = batch
        return ModelOutputs(np.full((1, 3), 1 / 3, np.float32))


def test_a_golden_jpeg_is_decoded_by_the_models_rule() -> None:
    """Reduced where the model asks for that, else every pixel."""
    frame = np.random.default_rng(0).integers(0, 256, (90, 80, 3), np.uint8)
    vector, spec, engine = golden(frame, "noise.jpg", (1 / 3,) * 3), InputSpec(8, 8), Remembering()
    inputs: list[NDArray[np.uint8]] = []
    for rule, by in ((DecodeRule.FULL, 1), (DecodeRule.REDUCED, 4)):
        replay(engine, replace(spec, decode=rule), vector)
        pixels = cv2.imdecode(np.frombuffer(vector.data, np.uint8), COLOUR_FLAGS[by])
        assert np.array_equal(to_input(np.asarray(pixels, np.uint8), spec), engine.batch[0])
        inputs.append(engine.batch)
    assert not np.array_equal(inputs[0], inputs[1])
