"""What a foreign model answers by any recipe."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import to_input
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.foreign_answers import ForeignAnswers, as_probabilities, own_outputs
from edgebreed.export.importer.foreign_model import ForeignTensor
from edgebreed.export.importer.pixel_transform import OutputKind
from edgebreed.export.importer.recipe_candidates import IMAGENET_MEAN

from .onnx_made import foreign, stated, write_photos


@dataclass
class Recorder:
    """A model that keeps what it is given, and answers with its first two numbers."""

    dtype: str = "float32"
    seen: list[NDArray[Any]] = field(default_factory=list)
    outputs: tuple[ForeignTensor, ...] = (ForeignTensor("scores", "float32", (None, 2)),)

    @property
    def inputs(self) -> tuple[ForeignTensor, ...]:
        """Of this type."""
        return (ForeignTensor("data", self.dtype, (None, 3, 16, 16)),)

    def run(self, images: NDArray[Any], output: str) -> NDArray[np.float32]:
        """As a foreign model's."""
        assert "scores" == output
        self.seen.append(images)
        return images.reshape(len(images), -1)[:, :2].astype(np.float32)


def asked(model: Recorder, paths: list[Path]) -> ForeignAnswers:
    """The answers of a recorder."""
    return ForeignAnswers(model, tuple(paths))  # type: ignore[arg-type]  # it has what is asked of it


def test_answers_are_the_models_for_the_prepared_photo(tmp_path: Path) -> None:
    """Resized by the recipe, scaled by it, and made probabilities."""
    paths, recipe = write_photos(tmp_path, 2), stated()
    found = ForeignAnswers(foreign(), tuple(paths)).probabilities(recipe, 1)
    image = to_input(read_photo(paths[1]), recipe.input)[None]
    logits = foreign().run(recipe.pixels.apply(image), "scores")
    assert as_probabilities(logits, OutputKind.LOGITS) == pytest.approx(found)
    assert 1.0 == pytest.approx(found.sum(), abs=1e-6)


def test_recipes_that_make_the_same_pixels_are_run_once(tmp_path: Path) -> None:
    """Another scaling, another photo and other pixels are each run; another kind of output is not."""
    model = Recorder()
    answers = asked(model, write_photos(tmp_path, 2, ((16, 16), (60, 40))))
    for recipe in (
        stated(),
        stated(interpolation=Interpolation.CV2_CUBIC),
        stated(output=OutputKind.SIGMOID),
    ):
        answers.probabilities(recipe, 0)  # a photo of the input's own size has no interpolation
    assert 1 == len(model.seen)
    answers.probabilities(stated(scale=1.0), 0)
    answers.probabilities(stated(), 1)
    answers.probabilities(stated(interpolation=Interpolation.CV2_CUBIC), 1)
    assert 4 == len(model.seen)


@pytest.mark.parametrize(("dtype", "first"), [("uint8", 200), ("int8", 72), ("float32", 200.0)])
def test_a_model_of_whole_numbers_is_given_its_own(dtype: str, first: float) -> None:
    """Grey levels from 0 in uint8, from -128 in int8; real values where the recipe scales."""
    model, images = Recorder(dtype), np.full((1, 16, 16, 3), 200, np.uint8)
    own_outputs(model, stated(scale=1.0, mean=(0.0,), std=(1.0,)), images)  # type: ignore[arg-type]  # as above
    own_outputs(model, stated(), images)  # type: ignore[arg-type]  # as above
    assert (np.dtype(dtype), first) == (model.seen[0].dtype, model.seen[0][0, 0, 0, 0])
    assert np.float32 == model.seen[1].dtype
    assert (200 / 255 - IMAGENET_MEAN[0]) / 0.229 == pytest.approx(model.seen[1][0, 0, 0, 0])


def test_outputs_become_probabilities() -> None:
    """Of one class by softmax, of labels each for itself by the sigmoid; large logits do not overflow."""
    values = np.array([[0.0, np.log(3)], [1000.0, 0.0]], np.float32)
    assert [[0.25, 0.75], [1, 0]] == pytest.approx(as_probabilities(values, OutputKind.LOGITS))
    assert [[0.5, 0.75], [1, 0.5]] == pytest.approx(as_probabilities(values, OutputKind.SIGMOID))
    assert values is as_probabilities(values, OutputKind.PROBABILITIES)
    with np.errstate(all="raise"):
        assert 0.0 == as_probabilities(-values, OutputKind.SIGMOID)[1, 0]
