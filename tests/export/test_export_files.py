"""The files that an export writes."""

from pathlib import Path

import pytest

from edgebreed.edge.formats import read_model
from edgebreed.errors import InputError
from edgebreed.export.export_files import prepare_files, write_files
from edgebreed.export.layer_noise import LayerNoise
from edgebreed.export.recipe import Recipe
from edgebreed.export.request import ExportConfig

from ..conftest import colour_manifest, colour_model


def config(folder: Path) -> ExportConfig:
    """An export into a folder, with a plot."""
    out = folder / "m.onnx"
    return ExportConfig(run=folder, recipe=Recipe.from_name("onnx-fp16"), out=out, debug_layers=True)


@pytest.mark.parametrize("name", ["m.onnx", "m-layers.png"])
def test_nothing_is_overwritten_unasked(tmp_path: Path, name: str) -> None:
    """Neither the model nor the plot, and before any work."""
    prepare_files(config(tmp_path))
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=f"{name} exists: pass --overwrite"):
        prepare_files(config(tmp_path))


def test_a_model_and_a_plot_are_written(tmp_path: Path) -> None:
    """The model with its manifest; the plot where layers were measured."""
    write_files(config(tmp_path), colour_model(), colour_manifest(), [LayerNoise("conv", "Conv", 30.0)])
    assert colour_manifest() == read_model(tmp_path / "m.onnx").manifest
    assert b"\x89PNG" == (tmp_path / "m-layers.png").read_bytes()[:4]


def test_without_measured_layers_there_is_no_plot(tmp_path: Path) -> None:
    """The model is the only file."""
    write_files(config(tmp_path), colour_model(), colour_manifest(), ())
    assert ["m.onnx"] == [path.name for path in tmp_path.iterdir()]
