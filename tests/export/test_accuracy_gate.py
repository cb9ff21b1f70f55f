"""The gate between a converted model and its file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.formats import ModelFile
from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import Manifest
from edgebreed.errors import ProofError
from edgebreed.export.accuracy_gate import AccuracyGate
from edgebreed.export.convert import SinglePrecisionModel
from edgebreed.export.graph.index import serialized, set_constant
from edgebreed.export.model_request import ModelExportConfig
from edgebreed.export.recipe import Recipe
from edgebreed.export.reference_images import ReferenceImages
from edgebreed.export.runtime_check import open_model_bytes
from edgebreed.train.evaluation import compute_outputs

from .float_files import MANIFEST, colour_net, float_file, write_photos


@pytest.fixture
def source(tmp_path: Path) -> ModelFile:
    """The float model."""
    return float_file(tmp_path / "float.onnx")


def biased() -> bytes:
    """Another model, which calls more photos dark."""
    model = colour_net()
    set_constant(model, "bias", np.array([0, 0, 0, 16], np.float32))
    return serialized(model)


def gate(source: ModelFile, folder: Path, **options: Any) -> AccuracyGate:
    """The gate of an export of it in fp16."""
    paths = tuple(find_photos([write_photos(folder / "photos", 40)]))
    outputs = compute_outputs(open_model_bytes(source.data, MANIFEST), paths, MANIFEST.input)
    config = ModelExportConfig(
        source=source.path, recipe=Recipe.from_name("onnx-fp16"), calibration=folder, **options
    )
    return AccuracyGate(config, MANIFEST, ReferenceImages("measured", paths, outputs))


def test_the_float_form_must_answer_as_the_original(source: ModelFile, tmp_path: Path) -> None:
    """Before anything is made of it; `force` takes whatever comes."""
    assert 0 == gate(source, tmp_path).check_float32(source.data).max_error
    other = biased()
    with pytest.raises(ProofError, match="onnx-fp32: largest probability difference is .* 40 measured"):
        gate(source, tmp_path).check_float32(other)
    assert gate(source, tmp_path, force=True).check_float32(other).max_error > 0.1


def test_a_model_that_misses_its_budget_does_not_pass(source: ModelFile, tmp_path: Path) -> None:
    """With what was measured; `force` measures it once and takes it."""
    wrong = SinglePrecisionModel(biased())
    parity = gate(source, tmp_path).check_float32(source.data)
    with pytest.raises(ProofError, match="onnx-fp16: largest probability difference") as caught:
        gate(source, tmp_path).search(wrong, parity)
    assert caught.value.rows["0 in float"].startswith("agreement ")
    assert 1 == len(gate(source, tmp_path, force=True).search(wrong, parity).steps)


def test_the_answer_unknown_must_stay_too(source: ModelFile, tmp_path: Path) -> None:
    """It is compared at the threshold of the float model."""
    own = gate(source, tmp_path)
    scores = own.images.outputs.probabilities.max(axis=1)
    rejection = MANIFEST.rejection.set_to(float(sorted(scores)[20]))
    manifest: Manifest = replace(MANIFEST, rejection=rejection)
    report = replace(own, manifest=manifest).measure(biased())
    assert report.rejection_agreement < 0.9


def test_layers_are_measured_where_that_was_asked_for(source: ModelFile, tmp_path: Path) -> None:
    """Of two equal files, none has noise."""
    assert () == gate(source, tmp_path).layer_noise(source.data, source.data)
    rows = gate(source, tmp_path, debug_layers=True).layer_noise(source.data, source.data)
    assert {120.0} == {row.sqnr_db for row in rows}
