"""A foreign model as an engine of the runtime, so that golden vectors can be drawn with it."""

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.preprocess import Tensor
from edgebreed.export.importer.foreign_answers import as_probabilities, own_outputs
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe


class ForeignEngine:
    """Runs a foreign model as its own program does: an `Engine` that golden vectors are compared with.

    Args:
        model: the model as it is.
        recipe: how it is used.
    """

    def __init__(self, model: ForeignModel, recipe: ImportRecipe) -> None:
        self.name, self._model, self._recipe = model.path.name, model, recipe

    def run(self, batch: Tensor) -> ModelOutputs:
        """Outputs for a batch `(N, H, W, 3) uint8 RGB`."""
        values = own_outputs(self._model, self._recipe, batch)
        return ModelOutputs(as_probabilities(values, self._recipe.output))
