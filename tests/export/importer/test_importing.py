"""A classifier of another program becomes a model of edgebreed."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from edgebreed.edge.engines import open_engine
from edgebreed.edge.formats import read_manifest, read_model
from edgebreed.edge.imported import Proof
from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.verify import verify
from edgebreed.errors import EdgebreedError, InputError, ModelFileError, ProofError
from edgebreed.export.graph.index import Model
from edgebreed.export.importer.import_recipe import Origin, PartialRecipe
from edgebreed.export.importer.importing import ImportConfig, ImportRecord, import_model, unique_names
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind

from .onnx_made import (
    LABELS,
    SIDE,
    WHOLE,
    answers_of,
    classifier,
    foreign,
    stated,
    write_photos,
    write_reference,
)

USED: dict[str, Any] = {
    "channels": Channels.BGR,
    "resize": ResizeRule.LETTERBOX,
    "interpolation": Interpolation.CV2_LINEAR,
}
"""How the original program uses the model; the rest is as `stated()`."""
NAMED = PartialRecipe(labels=LABELS, interpolation=Interpolation.CV2_LINEAR)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `trees.onnx`, photos, and the original program's answers `answers.csv`."""
    folder = tmp_path_factory.mktemp("trees")
    onnx.save(classifier(), folder / "trees.onnx")
    answers = answers_of(foreign(), stated(**USED), write_photos(folder / "photos"))
    write_reference(folder / "answers.csv", answers)
    return folder


Import = Callable[..., ImportRecord]


@pytest.fixture
def imported(made: Path, tmp_path: Path) -> Import:
    """Imports the classifier, or another model, to `m.onnx`."""

    def call(given: PartialRecipe = NAMED, model: Model | None = None, **changes: Any) -> ImportRecord:
        path = made / "trees.onnx"
        if model is not None:
            path = tmp_path / "own" / "other.onnx"
            path.parent.mkdir(exist_ok=True)
            onnx.save(model, path)
        return import_model(ImportConfig(path, given, **{"out": tmp_path / "m.onnx", **changes}))

    return call


def proof_of(made: Path) -> dict[str, Any]:
    """What proves the classifier."""
    return {"reference": made / "answers.csv", "photos": made / "photos"}


@pytest.fixture(scope="module")
def proved(made: Path) -> ImportRecord:
    """The classifier with its proof."""
    given = PartialRecipe(subject="tree")
    config = ImportConfig(made / "trees.onnx", given, out=made / "m.onnx", notice="CC0", **proof_of(made))
    return import_model(config)


@pytest.fixture(scope="module")
def assumed(made: Path) -> ImportRecord:
    """The classifier without proof."""
    return import_model(ImportConfig(made / "trees.onnx", NAMED, out=made / "assumed.onnx"))


def test_with_reference_answers_the_rest_is_found(proved: ImportRecord, made: Path) -> None:
    """Each field says where it is from, and the file passes its own check."""
    record = proved
    assert (Channels.BGR, ResizeRule.LETTERBOX) == (record.recipe.channels, record.recipe.resize)
    origins = [record.recipe.origins[name] for name in ("labels", "layout", "channels", "resize", "scale")]
    assert [Origin.GIVEN, Origin.FILE, Origin.FOUND, Origin.FOUND, Origin.ASSUMED] == origins
    assert (Proof.REFERENCE, 16, 1.0) == (record.proof, record.agreement["n"], record.agreement["top1"])
    assert record.agreement["max_error"] < 1e-3
    assert (made / "m.onnx", (made / "m.onnx").stat().st_size) == (record.path, record.size)
    file = read_model(record.path)
    assert verify(open_engine(file), file.manifest).passed


def test_the_manifest_keeps_what_is_known(proved: ImportRecord) -> None:
    """How photos are prepared, its origin, the proof, and no accuracy that nobody measured."""
    manifest = read_manifest(proved.path)
    assert proved.recipe.input == manifest.input
    assert (LABELS, LABELS) == (manifest.classes, manifest.labels)
    assert ("m", "trees", "CC0", "tree") == (
        manifest.name,
        manifest.arch,
        manifest.notice,
        manifest.task.subject,
    )
    assert manifest.accuracy is None
    assert manifest.imported is not None
    assert ("trees.onnx", Proof.REFERENCE, 16) == (
        manifest.imported.source,
        manifest.imported.proof,
        manifest.imported.n,
    )
    assert {"value": "bgr", "origin": "found"} == manifest.imported.recipe["channels"]
    assert {"value": 4, "origin": "given"} == manifest.imported.recipe["labels"]


def test_without_proof_what_is_mostly_done_is_assumed(assumed: ImportRecord) -> None:
    """And nothing is said of an agreement."""
    assert (Proof.NONE, {}) == (assumed.proof, assumed.agreement)
    assert Origin.ASSUMED is assumed.recipe.origins["channels"]
    assert read_manifest(assumed.path).is_unproved


def test_labelled_photos_rank_what_was_assumed(imported: Import, made: Path, tmp_path: Path) -> None:
    """By folders of the labels' names; what they cannot tell is a note."""
    answers = answers_of(foreign(), stated(channels=Channels.BGR), sorted((made / "photos").iterdir()))
    for path, place in zip(answers.paths, answers.probabilities.argmax(axis=1), strict=True):
        folder = tmp_path / "labelled" / LABELS[place]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)
    given = replace(WHOLE, channels=None)
    record = imported(given, photos=tmp_path / "labelled")
    assert (Proof.PHOTOS, Channels.BGR) == (record.proof, record.recipe.channels)
    assert {"n", "top1", "log_loss"} == set(record.agreement)
    assert any(note.startswith("the photos cannot tell ") for note in record.notes)


def test_what_is_given_counts_more_than_the_file_and_that_more_than_an_assumption(imported: Import) -> None:
    """The dialect that was read is named."""
    model = classifier()
    words = {"labels": " ".join(LABELS), "reverse_input_channels": "YES", "scale_values": "255.0"}
    helper.set_model_props(model, {f"model_info {key}": value for key, value in words.items()})
    record = imported(PartialRecipe(channels=Channels.RGB), model)
    origins = [record.recipe.origins[name] for name in ("channels", "labels", "output", "padding")]
    assert [Origin.GIVEN, Origin.FILE, Origin.FILE, Origin.ASSUMED] == origins
    assert (Channels.RGB, LABELS) == (record.recipe.channels, record.recipe.labels)
    assert 1 == len(record.dialects)
    assert "Model API" in record.dialects[0]


def test_scores_that_sum_to_one_are_found_to_be_probabilities(imported: Import) -> None:
    """Where the last operator tells nothing; a second softmax is refused."""
    model = classifier(kind=OutputKind.PROBABILITIES)
    model.graph.node.append(helper.make_node("Clip", ["scores"], ["clipped"]))
    model.graph.output[0].name = "clipped"
    record = imported(NAMED, model)
    assert (OutputKind.PROBABILITIES, Origin.FOUND) == (
        record.recipe.output,
        record.recipe.origins["output"],
    )
    with pytest.raises(InputError, match=r"output logits \(given\): .* pass --output probabilities"):
        imported(replace(NAMED, output=OutputKind.LOGITS), model, overwrite=True)


def test_labels_that_hold_or_not_each_have_a_threshold(imported: Import) -> None:
    """Of a half, as nobody measured another."""
    record = imported(replace(NAMED, output=OutputKind.SIGMOID))
    manifest = read_manifest(record.path)
    assert (True, (0.5,) * 4) == (manifest.task.multi_label, manifest.thresholds)


def test_a_background_class_is_put_before_the_labels_of_imagenet(imported: Import) -> None:
    """With a note."""
    labels = tuple(f"class {number}" for number in range(1000))
    record = imported(PartialRecipe(labels=labels), _of_classes(1001))
    assert ("background", 1001) == (record.recipe.labels[0], len(record.recipe.labels))
    assert ("'background' was put before the 1,000 labels",) == record.notes


def _of_classes(count: int) -> Model:
    """The classifier with as many classes."""
    model = classifier()
    matrix = next(tensor for tensor in model.graph.initializer if tensor.name == "matrix")
    values = np.random.default_rng(0).normal(0, 0.1, (24, count)).astype(np.float32)
    matrix.CopyFrom(onnx.numpy_helper.from_array(values, "matrix"))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = count
    return model


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": None}, r"trees\.onnx does not name its classes: pass --labels with a file of one a line"),
        ({"labels": LABELS[:3]}, "3 labels for a model of 4 classes: pass --labels with a file of 4"),
        ({"size": (32, 32)}, r"--size 32x32: the model takes data float32 \(\?, 3, 16, 16\)"),
        ({"layout": Layout.NHWC}, "--layout nhwc: the model takes"),
        ({"output_name": "prob"}, "--output-name prob: the model gives scores"),
        ({"mean": (1.0, 2.0)}, "mean of 2 numbers: one, or one for each of rgb"),
        ({"channels": Channels.GRAY}, "--channels gray: the model takes"),
    ],
)
def test_what_does_not_fit_the_model_is_refused(
    changes: dict[str, Any], reason: str, imported: Import, tmp_path: Path
) -> None:
    """In one line; nothing is written."""
    with pytest.raises(EdgebreedError, match=reason) as caught:
        imported(replace(NAMED, **changes))
    assert 2 == caught.value.exit_code
    assert "\n" not in str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_a_refused_recipe_leaves_the_old_file(imported: Import, made: Path, tmp_path: Path) -> None:
    """And nothing beside it."""
    (tmp_path / "m.onnx").write_bytes(b"old")
    with pytest.raises(ProofError, match=r"channels bgr, not of rgb \(given\)"):
        imported(PartialRecipe(channels=Channels.RGB), **proof_of(made), overwrite=True)
    assert b"old" == (tmp_path / "m.onnx").read_bytes()
    assert [tmp_path / "m.onnx"] == list(tmp_path.iterdir())


def test_a_file_that_is_there_stays(imported: Import, tmp_path: Path) -> None:
    """Unless it may be replaced; the suffix is the format's."""
    (tmp_path / "m.onnx").write_bytes(b"old")
    with pytest.raises(InputError, match=r"m\.onnx .*--overwrite"):
        imported()
    with pytest.raises(InputError, match=r"m\.tflite: what is made of .*trees\.onnx is written as \.onnx"):
        imported(out=tmp_path / "m.tflite")
    assert read_manifest(imported(overwrite=True).path).is_unproved


def test_an_imported_file_is_not_imported_again(assumed: ImportRecord, tmp_path: Path) -> None:
    """It is edgebreed's own by then."""
    with pytest.raises(ModelFileError, match="is edgebreed's own: use it with --model as it is"):
        import_model(ImportConfig(assumed.path, NAMED, out=tmp_path / "again.onnx"))


def test_a_label_that_stands_twice_is_numbered() -> None:
    """As ImageNet's crane, a bird and a machine; classes have names of their own."""
    assert ("crane", "owl", "crane (2)", "crane (3)") == unique_names(("crane", "owl", "crane", "crane"))


def test_open_sides_are_given(imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The imported file has them fixed; without a name, it is written into the current folder."""
    monkeypatch.chdir(tmp_path)
    record = imported(replace(NAMED, size=(SIDE, SIDE)), classifier(side="side"), out=None)
    assert Path("other-imported.onnx") == record.path
    assert (SIDE, SIDE) == (read_manifest(record.path).input.height, read_manifest(record.path).input.width)
    with pytest.raises(InputError, match="whose sides are open: pass --size N, or HxW"):
        imported(NAMED, classifier(side="side"))
