"""`edgebreed import`, and what the imported file is good for."""

import json
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.importing import ImportConfig, ImportRecord, import_model
from edgebreed.export.importer.pixel_transform import Channels

from ..conftest import Cli, Outcome
from ..edge.stream.videos import write_video
from ..export.importer.onnx_made import (
    LABELS,
    answers_of,
    classifier,
    foreign,
    stated,
    write_photos,
    write_reference,
)
from ..test_cli import assert_refused

GEOMETRY = ("--resize", "squash", "--interpolation", "cv2-linear")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a foreign model, its labels, photos, and the answers of its own program."""
    folder = tmp_path_factory.mktemp("trees")
    onnx.save(classifier(), folder / "trees.onnx")
    (folder / "labels.txt").write_text("\n".join(LABELS))
    used = stated(channels=Channels.BGR, resize=ResizeRule.LETTERBOX, interpolation=Interpolation.CV2_LINEAR)
    write_reference(folder / "answers.csv", answers_of(foreign(), used, write_photos(folder / "photos")))
    return folder


@pytest.fixture(scope="module")
def proved(trees: Path) -> ImportRecord:
    """The model, imported with its proof."""
    labelled = PartialRecipe(labels=LABELS)
    reference, photos = trees / "answers.csv", trees / "photos"
    return import_model(ImportConfig(trees / "trees.onnx", labelled, photos, reference, trees / "m.onnx"))


Import = Callable[..., Outcome]


@pytest.fixture
def imported(cli: Cli, trees: Path) -> Import:
    """Imports the model with its labels to `m.onnx` in the current folder."""
    return lambda *options: cli(
        "import", trees / "trees.onnx", "--labels", trees / "labels.txt", "--out", "m.onnx", *options
    )


def proof_of(trees: Path) -> tuple[str | Path, ...]:
    """The options that prove it."""
    return "--reference", trees / "answers.csv", "--photos", trees / "photos"


def words(text: str) -> str:
    """A printed table without its lines."""
    return " ".join(text.replace("\u2502", " ").split())


def test_json_has_the_recipe_and_its_proof(imported: Import, trees: Path) -> None:
    """Each field with its value and origin."""
    data = imported(*proof_of(trees), "--json").json
    keys = {"path", "bytes", "recipe", "dialects", "notes", "proof", "agreement", "golden_error"}
    assert keys == set(data)
    assert ("m.onnx", "reference", 16) == (data["path"], data["proof"], data["agreement"]["n"])
    assert {"value": "bgr", "origin": "found"} == data["recipe"]["channels"]
    assert {"value": list(LABELS), "origin": "given"} == data["recipe"]["labels"]
    assert {"value": [16, 16], "origin": "file"} == data["recipe"]["size"]
    assert {"value": 1 / 255, "origin": "assumed"} == data["recipe"]["scale"]


def test_the_table_shows_each_field_with_its_origin(imported: Import) -> None:
    """And that nothing is proved, with what would prove it, and what to do next."""
    outcome = imported(*GEOMETRY, "--scale", "1/255", "--mean", "0.5,0.25,0.5", "--subject", "tree")
    assert 0 == outcome.code, outcome.err
    table = words(outcome.out)
    for row in (
        "m.onnx, 0.2 MB",
        "layout nchw file",
        "channels rgb assumed",
        "mean 0.5, 0.25, 0.5 given",
        "scale 0.00392157 given",
        "size 16, 16 file",
        "labels 4: ash, elm, oak, yew given",
        "resize squash given",
        "proof: none: pass --reference with the original program's answers, or --photos",
        "next: edgebreed predict PHOTO --model m.onnx",
    ):
        assert row in table


def test_other_commands_take_the_imported_file(cli: Cli, proved: ImportRecord, trees: Path) -> None:
    """Inspected, verified, timed and streamed, as any model; the proof is remembered."""
    manifest = cli("inspect", proved.path, "--json").json
    assert ("reference", "trees.onnx") == (manifest["imported"]["proof"], manifest["imported"]["source"])
    table = words(cli("inspect", proved.path).out)
    assert "proof: reference on 16 photos" in table
    assert "recipe channels bgr (found)" in table
    assert cli("verify", proved.path, "--json").json["passed"]
    photo = trees / "photos" / "0.png"
    bench = cli("bench", photo, "--model", proved.path, "--duration", 1, "--json")
    assert 0 == bench.code, bench.err
    video = write_video(Path("v.avi"), 4)
    streamed = cli("stream", "--source", video, "--model", proved.path, "--headless", "--json").json
    assert 4 == streamed["frames"]["processed"]


def test_photos_are_answered_as_the_original_program_does(
    cli: Cli, proved: ImportRecord, trees: Path
) -> None:
    """By the same label with the same probability; an imported model brings no 'unknown'."""
    header, *rows = [line.split(",") for line in (trees / "answers.csv").read_text().splitlines()]
    photos = [trees / "photos" / row[0] for row in rows]
    answers = cli("predict", *photos, "--model", proved.path, "--json").out.splitlines()
    for row, answer in zip(rows, map(json.loads, answers), strict=True):
        probability, label = max(zip(map(float, row[1:]), header[1:], strict=True))
        assert label == answer["label"]
        assert probability == pytest.approx(answer["top"][0]["probability"], abs=0.02)


def test_an_unproved_model_is_called_so(cli: Cli, imported: Import, trees: Path) -> None:
    """By later commands, on standard error."""
    assert 0 == imported(*GEOMETRY).code
    outcome = cli("predict", trees / "photos" / "0.png", "--model", "m.onnx", "--json")
    assert 0 == outcome.code
    assert "m.onnx: unproved" in outcome.err
    assert "proof: none" in words(cli("inspect", "m.onnx").out)


def test_a_wrong_recipe_is_refused_with_what_was_tried(imported: Import, trees: Path, tmp_path: Path) -> None:
    """Exit code 1, as for any result that missed its bound; nothing is written."""
    outcome = imported(*proof_of(trees), "--channels", "rgb")
    assert (1, "") == (outcome.code, outcome.out)
    assert "1. off by" in outcome.err
    last = outcome.err.splitlines()[-1]
    assert last.startswith("edgebreed: the reference answers are those of channels bgr, not of rgb (given)")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--channels", "rbg"), "--channels rbg: give one of rgb, bgr, gray"),
        (("--layout", "hwc"), "--layout hwc: give one of nchw, nhwc"),
        (("--output", "scores"), "--output scores: give one of logits, probabilities, sigmoid"),
        (("--scale", "1/0"), "--scale 1/0: give a number, or a fraction such as 1/255"),
        (("--mean", "0.5,x"), "--mean x: give a number, or a fraction"),
        (("--std", "nan"), "--std nan: give a number, or a fraction"),
        (("--scale", "inf"), "--scale inf: give a number, or a fraction"),
        (("--std", "0"), "scale and std must not be 0"),
        (("--size", "16x"), "--size 16x: give one number, or HEIGHTxWIDTH such as 48x192"),
        (("--size", "big"), "--size big: give one number, or HEIGHTxWIDTH such as 48x192"),
        (("--size", "0"), "--size 0"),
        (("--recipe", "torchvison"), "--recipe torchvison: no such file, and no name"),
        (("--reference", "gone.csv"), "--reference gone.csv"),
        (("--photos", "gone"), "gone"),
        (("--labels", "gone.txt"), "--labels gone.txt"),
        (("--resize-to", "8"), "resize_to 8: at least the input, 16x16"),
        (("--out", "m.tflite"), "--out m.tflite: what is made of"),
    ],
)
def test_a_wrong_option_is_refused(
    options: tuple[str, str], message: str, imported: Import, tmp_path: Path
) -> None:
    """In one line; nothing is written."""
    assert_refused(imported(*options), message)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("m.onnx", b"", "m.onnx is empty: copy it again"),
        ("m.pt", b"PK\x03\x04", "m.pt is a damaged or truncated ZIP archive"),
        ("m.onnx", classifier().SerializeToString()[:-50], "m.onnx is no model that is read here"),
        ("m.bin", b"<html>", "m.bin is a web page in place of a model"),
    ],
)
def test_what_is_no_model_is_refused(name: str, data: bytes, message: str, cli: Cli, tmp_path: Path) -> None:
    """By what came in its place."""
    (tmp_path / name).write_bytes(data)
    assert_refused(cli("import", name), message)


def test_a_file_that_is_there_is_kept(imported: Import) -> None:
    """Unless `--overwrite` is given."""
    Path("m.onnx").write_bytes(b"old")
    assert_refused(imported(*GEOMETRY), "--overwrite")
    assert b"old" == Path("m.onnx").read_bytes()
    assert 0 == imported(*GEOMETRY, "--overwrite").code
    assert len(b"old") < Path("m.onnx").stat().st_size


def test_a_recipe_that_was_printed_is_taken_again(imported: Import, proved: ImportRecord) -> None:
    """With options above it; what it found counts as given."""
    Path("recipe.json").write_text(json.dumps(proved.to_dict()))
    data = imported("--recipe", "recipe.json", "--padding", "7", "--json").json
    assert {"value": "bgr", "origin": "given"} == data["recipe"]["channels"]
    assert {"value": "letterbox", "origin": "given"} == data["recipe"]["resize"]
    assert {"value": 7, "origin": "given"} == data["recipe"]["padding"]
    assert ("none", None) == (data["proof"], data["agreement"])
