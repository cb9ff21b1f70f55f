"""What every foreign model shows of itself."""

import pytest

from edgebreed.edge.formats import ModelFormat
from edgebreed.export.importer.foreign_model import ForeignModel, ForeignTensor
from edgebreed.export.importer.pixel_transform import OutputKind

from .onnx_made import foreign


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (ForeignTensor("data", "float32", (None, 3, 224, 224)), "data float32 (?, 3, 224, 224)"),
        (ForeignTensor("prob", "uint8", (1, 1000), OutputKind.PROBABILITIES), "prob uint8 (1, 1000)"),
        (ForeignTensor("scalar", "float32", ()), "scalar float32 ()"),
    ],
)
def test_a_tensor_is_written_with_its_type_and_sizes(tensor: ForeignTensor, text: str) -> None:
    """As errors name it."""
    assert text == str(tensor)


def test_an_onnx_file_is_a_foreign_model() -> None:
    """Type checkers see the same."""
    model: ForeignModel = foreign()
    assert (ModelFormat.ONNX, "trees.onnx") == (model.format, model.path.name)
    assert ["data float32 (?, 3, 16, 16)"] == [str(tensor) for tensor in model.inputs]
    assert {} == model.metadata
