"""Model files exported again, without a training run."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.engines import load_engine
from edgebreed.edge.formats import ModelFile, read_model
from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import LearnedImages, Precision, Target, Tuned
from edgebreed.edge.verify import verify
from edgebreed.errors import EngineError, ModelFileError, ProofError
from edgebreed.export.graph.index import onnx, set_constant
from edgebreed.export.model_export import export_model
from edgebreed.export.model_request import ModelExportConfig
from edgebreed.export.recipe import Recipe
from edgebreed.export.request import ExportRecord
from edgebreed.train.accuracy_text import accuracy_of
from edgebreed.train.evaluation import compute_outputs
from edgebreed.train.feature_cache import digest_of

from .float_files import CLASSES, LOUD, MANIFEST, colour_net, float_file, write_photos
from .graph.models import foreign, node, quantized_pair


def exported(source: ModelFile, folder: Path, recipe: str = "onnx-int8-x86", **options: Any) -> ExportRecord:
    """The record of an export of a float file."""
    config = ModelExportConfig(source=source.path, recipe=Recipe.from_name(recipe), **options)
    return export_model(replace(config, out=folder / "out.onnx"))


def labelled(source: ModelFile, folder: Path, photos: Path) -> Path:
    """Photos in the folders of the classes that the float model answers."""
    paths = find_photos([photos])
    outputs = compute_outputs(load_engine(source), paths, source.manifest.input)
    for path, label in zip(paths, outputs.probabilities.argmax(axis=1), strict=True):
        (folder / CLASSES[label]).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / CLASSES[label])
    return folder


@pytest.mark.parametrize("recipe", ["onnx-int8-x86", "onnx-int8-tensorrt", "onnx-fp16", "onnx-weight-int8"])
def test_each_precision_runs_and_verifies_itself(tmp_path: Path, recipe: str) -> None:
    """On photos without labels, of any structure; the file needs nothing else."""
    source = float_file(tmp_path / "m.onnx")
    photos = write_photos(tmp_path / "photos", 70)
    record = exported(source, tmp_path, recipe, calibration=photos)
    file = read_model(tmp_path / "out.onnx")
    assert verify(load_engine(file), file.manifest).max_error <= file.manifest.tolerance
    assert (Recipe.from_name(recipe).precision, None) == (file.manifest.precision, record.measured)
    assert (35 if "-int8-" in recipe else 70) == record.report.n
    assert record.report.agreement > 0.97


def test_the_manifest_keeps_what_still_holds(tmp_path: Path) -> None:
    """Where the model is from, its words and its threshold; not how fast the float file was."""
    tuned = Tuned("cpu", "cpu", 1, 1.0, 1, (1, 1), {}, None, None, 0)
    known = LearnedImages.of(["ab" * 32])
    source = float_file(tmp_path / "m.onnx", manifest=replace(MANIFEST, tuned=tuned, learned=known))
    record = exported(source, tmp_path, calibration=write_photos(tmp_path / "photos", 70))
    made = read_model(tmp_path / "out.onnx").manifest
    for name in ("classes", "labels", "input", "task", "rejection", "imported", "notice"):
        assert getattr(source.manifest, name) == getattr(made, name)
    assert (None, Target.X86, digest_of(source.path)) == (made.tuned, made.target, made.source_sha256)
    assert record.calibration == made.calibration
    assert made.learned is not None
    assert (36, True) == (made.learned.n, "ab" * 32 in made.learned)


def test_what_is_not_known_of_the_float_file_is_not_claimed(tmp_path: Path) -> None:
    """The calibration photos are not all that the model has learned from."""
    exported(float_file(tmp_path / "m.onnx"), tmp_path, calibration=write_photos(tmp_path / "p", 70))
    assert read_model(tmp_path / "out.onnx").manifest.learned is None


def test_labelled_photos_measure_accuracy(tmp_path: Path) -> None:
    """All of them; int8 is calibrated on others."""
    source = float_file(tmp_path / "m.onnx")
    data = labelled(source, tmp_path / "data", write_photos(tmp_path / "some", 40, seed=1))
    record = exported(source, tmp_path, calibration=write_photos(tmp_path / "photos", 20), data=data)
    assert record.measured is not None
    made = read_model(tmp_path / "out.onnx").manifest
    assert (record.measured.accuracy, 20) == (made.accuracy, made.calibration and made.calibration.n)
    assert (40, 1.0) == (record.measured.report.n, record.measured.report.float_top1)
    accuracy = record.to_dict()["accuracy"]
    assert accuracy_of(record.measured.metrics) == accuracy["exported"] > 0.95


@pytest.mark.long
def test_a_file_that_answers_otherwise_is_not_written(tmp_path: Path) -> None:
    """Unless it is forced; the record then says what it lost."""
    source = float_file(tmp_path / "m.onnx", colour_net(LOUD))
    photos = write_photos(tmp_path / "photos", 100)
    with pytest.raises(ProofError, match="top-1 agreement is .* on 50 measured images, the bound is 0.98"):
        exported(source, tmp_path, calibration=photos, max_float_layers=0)
    assert not (tmp_path / "out.onnx").exists()
    assert exported(source, tmp_path, calibration=photos, force=True).report.agreement < 0.98


def test_layers_stay_float_where_the_answers_need_it(tmp_path: Path) -> None:
    """As many as it takes; their names are in the manifest."""
    source = float_file(tmp_path / "m.onnx", colour_net(LOUD))
    exported(source, tmp_path, calibration=write_photos(tmp_path / "photos", 100), max_float_layers=20)
    assert read_model(tmp_path / "out.onnx").manifest.float_layers


def test_an_old_operator_set_is_raised_for_int8_alone(tmp_path: Path) -> None:
    """Scales per channel are in 13 and later; other precisions keep the file's own."""
    source = float_file(tmp_path / "m.onnx", foreign(11), replace(MANIFEST, opset=11))
    photos = write_photos(tmp_path / "photos", 70)
    assert 13 == exported(source, tmp_path, calibration=photos).opset
    assert 13 == read_model(tmp_path / "out.onnx").manifest.opset
    options = {"calibration": photos, "overwrite": True}
    assert 11 == exported(source, tmp_path, "onnx-weight-int8", **options).to_dict()["opset"]


def test_a_fixed_batch_stays_fixed(tmp_path: Path) -> None:
    """Each image is calibrated and measured by itself anyway."""
    model = onnx.load_from_string(float_file(tmp_path / "n").data)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]
    source = float_file(tmp_path / "m.onnx", model)
    record = exported(source, tmp_path, calibration=write_photos(tmp_path / "photos", 70))
    assert record.to_dict()["static_batch"] is True
    images = np.zeros((3, 8, 8, 3), np.uint8)
    assert (3, 4) == load_engine(read_model(tmp_path / "out.onnx")).run(images).probabilities.shape


def test_what_limits_the_measurement_is_said(tmp_path: Path) -> None:
    """Few photos, photos of one class, photos that the model has learned from."""
    photos = write_photos(tmp_path / "photos", 1)
    shutil.copy(photos / "0.png", photos / "copy.png")
    learned = LearnedImages.of([digest_of(photos / "0.png")])
    source = float_file(tmp_path / "m.onnx", manifest=replace(MANIFEST, learned=learned))
    record = exported(source, tmp_path, "onnx-fp16", calibration=photos)
    assert Precision.FP16 is read_model(tmp_path / "out.onnx").manifest.precision
    few, seen, same = record.to_dict()["remarks"]
    assert "few photos measured (1): 32 or more are wanted" == few
    assert "the model has learned from 1 of the measured photos" == seen
    assert "to the float model: give photos of other classes too" in same


def test_a_graph_that_cannot_be_quantized_is_refused_by_name(tmp_path: Path) -> None:
    """With what else there is; an operator of ONNX Runtime alone is none that NNCF knows."""
    model = colour_net()
    relu = next(place for place, one in enumerate(model.graph.node) if one.op_type == "Relu")
    model.graph.node[relu].CopyFrom(node("Gelu", ["x0"], ["r0"], domain="com.microsoft"))
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    source, photos = float_file(tmp_path / "m.onnx", model), write_photos(tmp_path / "photos", 70)
    with pytest.raises(EngineError, match=r"m\.onnx cannot be exported in int8, choose another --precision"):
        exported(source, tmp_path, calibration=photos)
    assert 1 == exported(source, tmp_path, "onnx-fp16", calibration=photos).report.agreement


def test_a_graph_on_integers_is_refused_whatever_its_manifest_says(tmp_path: Path) -> None:
    """Another program quantized it."""
    model = colour_net()
    nodes, constants = quantized_pair(0.1, 0, np.uint8, "x1")
    for place, one in enumerate(nodes):
        model.graph.node.insert(6 + place, one)
    model.graph.node[8].input[0] = "x1_dq"
    for name, values in constants.items():
        set_constant(model, name, values)
    source = float_file(tmp_path / "m.onnx", model)
    with pytest.raises(ModelFileError, match=r"m\.onnx: the graph is quantized already"):
        exported(source, tmp_path, calibration=write_photos(tmp_path / "photos", 4))
