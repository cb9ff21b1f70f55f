"""What a model file of another program is to the importer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import OutputKind


@dataclass(frozen=True)
class ForeignTensor:
    """An input or output of a foreign model.

    Attributes:
        name: in the file.
        dtype: as NumPy calls it.
        shape: None where a size is open.
        kind: what an output holds, as the last operator tells it; None for inputs and where none tells.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    kind: OutputKind | None = None

    def __str__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.name} {self.dtype} ({sizes})"


class ForeignModel(Protocol):
    """A model file of another program, as it is."""

    @property
    def path(self) -> Path:
        """Of the file or folder."""
        ...

    @property
    def format(self) -> ModelFormat:
        """Of the file that is made of it."""
        ...

    @property
    def precision(self) -> Precision:
        """Number format of its weights and arithmetic, as far as the file shows it."""
        ...

    @property
    def scales_pixels(self) -> bool:
        """Whether the first thing that it does with its input is to multiply it or to add to it."""
        ...

    @property
    def inputs(self) -> tuple[ForeignTensor, ...]:
        """Of which a classifier has one that takes images."""
        ...

    @property
    def outputs(self) -> tuple[ForeignTensor, ...]:
        """In the order of the file."""
        ...

    @property
    def metadata(self) -> Mapping[str, str]:
        """Texts that the file carries by key, such as ONNX's `metadata_props`."""
        ...

    def run(self, images: NDArray[Any], output: str) -> NDArray[np.float32]:
        """The model's own output for its own input, one image after another.

        Args:
            images: `(N, ...)` in the model's own layout: real values, which a quantized input is given
                quantized, or the whole numbers of a quantized input themselves.
            output: name of the output.

        Returns:
            `(N, classes) float32`; quantized outputs as real values.

        Raises:
            EngineError: the runtime refuses the model or the images.
        """
        ...

    def rewritten(self, recipe: ImportRecipe) -> bytes:
        """The file as edgebreed exports it, without a manifest.

        It takes `image`, `(N, H, W, 3) uint8 RGB`, and gives `probabilities`, `(N, classes) float32`.

        Raises:
            ModelFileError: the recipe does not fit the model.
        """
        ...
