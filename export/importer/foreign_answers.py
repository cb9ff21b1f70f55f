"""What a foreign model answers by any recipe, in probabilities."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, Tensor, to_input
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import OutputKind, PixelTransform

_FRAMES = 8  # decoded photos that are kept


@dataclass
class ForeignAnswers:
    """Runs a foreign model on photos by any recipe, and keeps what it has computed.

    Attributes:
        model: the model.
        paths: of the photos.
    """

    model: ForeignModel
    paths: tuple[Path, ...]
    _images: dict[tuple[int, InputSpec], Tensor] = field(default_factory=dict)
    _outputs: dict[tuple[bytes, PixelTransform], NDArray[np.float32]] = field(default_factory=dict)

    def probabilities(self, recipe: ImportRecipe, photo: int) -> NDArray[np.float32]:
        """For one photo, by its place, `(1, classes) float32`.

        Recipes that make the same pixels of it share the model's output.
        """
        key = (photo, recipe.input)
        if key not in self._images:
            self._images[key] = to_input(_frame(self.paths[photo]), recipe.input)
        image = self._images[key]
        made = (hashlib.sha256(image.tobytes()).digest(), recipe.pixels)
        if made not in self._outputs:
            self._outputs[made] = own_outputs(self.model, recipe, image[None])
        return as_probabilities(self._outputs[made], recipe.output)


@lru_cache(maxsize=_FRAMES)
def _frame(path: Path) -> Frame:
    return read_photo(path)


def own_outputs(model: ForeignModel, recipe: ImportRecipe, images: Tensor) -> NDArray[np.float32]:
    """A foreign model's own output `(N, classes) float32` for images `(N, H, W, 3) uint8 RGB`."""
    output = recipe.output_name or model.outputs[0].name
    values: NDArray[Any] = recipe.pixels.apply(images)
    dtype = np.dtype(model.inputs[0].dtype)
    if recipe.pixels.is_identity and np.issubdtype(dtype, np.integer):  # its own numbers, not real values
        values = (values + np.iinfo(dtype).min).astype(dtype)
    return model.run(values, output)


def as_probabilities(values: NDArray[np.float32], kind: OutputKind) -> NDArray[np.float32]:
    """What a model's own output `(N, classes)` says, in probabilities."""
    if kind is OutputKind.SIGMOID:
        # equals 1 / (1 + exp(-x)), whose power overflows
        return np.asarray(0.5 + 0.5 * np.tanh(values.astype(np.float64) / 2), np.float32)
    if kind is OutputKind.LOGITS:
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    return values
