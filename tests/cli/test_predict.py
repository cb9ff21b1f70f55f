"""`edgebreed predict`."""

import json
import os
import shutil
import stat
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.files import OUTPUT_MARKER
from edgebreed.edge.formats import write_model
from edgebreed.edge.images import read_photo
from edgebreed.edge.manifest import DetectorConfig
from edgebreed.edge.preprocess import DecodeRule, InputSpec
from edgebreed.edge.task import Task

from ..conftest import BLUE, RED, Cli, colour_manifest, colour_model, plain
from ..edge import bombs
from ..outputs.small_disk import MAY_MOUNT, small_disk


def test_predict_prints_an_object_a_line_in_order(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """The images of a folder by name."""
    for name, colour in (("b", BLUE), ("a", RED)):
        (tmp_path / "p").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "p" / f"{name}.png"), plain(colour))
    outcome = cli("predict", "p", "--model", colours, "--json", "--save", "out")
    results = [json.loads(line) for line in outcome.out.splitlines()]
    assert [("p/a.png", "known", "Red"), ("p/b.png", "known", "Blue")] == [
        (r["source"], r["kind"], r["label"]) for r in results
    ]
    assert {"source", "kind", "label", "probability", "top", "summary", "faces", "stages_ms"} == set(
        results[0]
    )
    assert ["a.jpg", "b.jpg"] == sorted(path.name for path in (tmp_path / "out").glob("*.jpg"))


def test_predict_without_json_prints_sentences(cli: Cli, photo: Path, colours: Path) -> None:
    """One an image, and what ran."""
    outcome = cli("predict", photo, "--model", colours)
    assert "red.png: colour: Red (100%); then" in outcome.out
    assert "1 image, colours in onnxruntime/CPUExecutionProvider" in outcome.out


def test_annotated_images_are_not_overwritten(cli: Cli, photo: Path, colours: Path) -> None:
    """Unless on request."""
    arguments = ("predict", photo, "--model", colours, "--save", "out")
    assert [0, 2, 0] == [cli(*arguments).code, cli(*arguments).code, cli(*arguments, "--overwrite").code]


def test_one_bad_image_does_not_stop_the_others(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """They are classified; the exit code reports the bad one."""
    (tmp_path / "note.jpg").write_text("hello")
    outcome = cli("predict", photo, "note.jpg", photo, "--model", colours, "--json")
    assert 2 == outcome.code
    assert 2 == len(outcome.out.splitlines())
    assert 1 == len(outcome.err.splitlines())


def test_linked_folders_are_followed(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """As training does."""
    (tmp_path / "elsewhere").mkdir()
    photo.rename(tmp_path / "elsewhere" / "red.png")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "linked").symlink_to("../elsewhere")
    outcome = cli("predict", "p", "--model", colours, "--json")
    assert "p/linked/red.png" == json.loads(outcome.out)["source"]


def test_saved_pictures_are_their_users_own(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """As are the folders that are made for them, also inside another one."""
    (tmp_path / "p" / "inner").mkdir(parents=True)
    for folder in (tmp_path / "p", tmp_path / "p" / "inner"):
        shutil.copy(photo, folder)
    for command in (("predict", "p", "--model", colours), ("detect", "p")):
        cli(*command, "--save", command[0])
        saved = tmp_path / str(command[0])
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (saved, *saved.rglob("*"))}
        assert {0o700} == {mode for path, mode in modes.items() if path.is_dir()}
        assert [0o600] * 2 == [mode for path, mode in modes.items() if path.suffix == ".jpg"]


def test_saved_pictures_are_not_read_as_photos(cli: Cli, photo: Path, colours: Path) -> None:
    """Below the folder of the photos; their own folder is read where it is named."""
    folder = photo.parent / "p"
    folder.mkdir()
    photo.rename(folder / "red.png")
    for command in (("predict", "p", "--model", colours, "--save", "p/a"), ("detect", "p", "--save", "p/b")):
        assert 0 == cli(*command).code
    outcome = cli("predict", "p", "--model", colours, "--json")
    assert 1 == len(outcome.out.splitlines())
    assert "left out in p: 4 written by edgebreed (a/.edgebreed-output, a/red.jpg, " in outcome.err
    assert "p/a/red.jpg" == json.loads(cli("predict", "p/a", "--model", colours, "--json").out)["source"]


def test_saving_among_photos_is_warned_of(cli: Cli, photo: Path, colours: Path) -> None:
    """The folder of somebody's photos is not marked, or these would not be read any more."""
    outcome = cli("predict", photo, "--model", colours, "--save", photo.parent)
    assert (0, True) == (
        outcome.code,
        "holds other files, so the pictures saved there would be" in outcome.err,
    )
    assert not (photo.parent / ".edgebreed-output").exists()


def test_any_name_is_printed_on_one_line(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """Bytes that are no text, line ends, and what steers a terminal, escaped."""
    photo.rename(tmp_path / os.fsdecode(b"\xe9\n\x1b[31m[bold].png"))
    outcome = cli("predict", tmp_path, "--model", colours)
    assert (0, 2) == (outcome.code, len(outcome.out.splitlines()))
    assert r"\udce9\n\x1b[31m[bold].png: colour: Red (100%); then" in outcome.out


def test_a_photo_that_asks_for_too_much_does_not_stop_the_others(
    cli: Cli, tmp_path: Path, photo: Path, colours: Path
) -> None:
    """In a folder too; one line says what it has, what is read and what to do."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "bomb.bmp").write_bytes(bombs.bmp(32_000, 32_000))
    photo.rename(tmp_path / "p" / "red.png")
    outcome = cli("predict", "p", "--model", colours, "--json")
    assert (2, 1, 1) == (outcome.code, len(outcome.out.splitlines()), len(outcome.err.splitlines()))
    assert (
        "p/bomb.bmp has 32,000x32,000 pixels (1,024.0 Mpx to decode), at most 64 Mpx are read" in outcome.err
    )
    assert "or raise --max-pixels" in outcome.err


def test_the_largest_photo_can_be_set(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """In millions of pixels."""
    (tmp_path / "a.bmp").write_bytes(bombs.bmp(2000, 1000))
    arguments = ("predict", "a.bmp", "--model", colours, "--max-pixels")
    assert [2, 0] == [cli(*arguments, megapixels).code for megapixels in (1, 2)]
    assert "--max-pixels" in cli(*arguments, 0).err


def test_a_pipe_is_refused_in_one_line(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Instead of being waited for."""
    os.mkfifo(tmp_path / "pipe.jpg")
    outcome = cli("predict", "pipe.jpg", "--model", colours)
    assert 2 == outcome.code
    assert "pipe.jpg is no regular file: give the file of a photo, or a folder" in outcome.err


@pytest.mark.skipif(not MAY_MOUNT, reason="makes a small disk, which needs root")
def test_a_full_disk_is_one_line(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """The pictures that found room are whole, and nothing else is there."""
    paths = [photo.with_name(f"{number}.png") for number in range(9)]
    for path in paths:
        path.write_bytes(photo.read_bytes())
    with small_disk(tmp_path / "disk", 16) as disk:
        outcome = cli("predict", *paths, "--model", colours, "--save", disk / "s")
        saved = sorted(path.name for path in disk.rglob("*") if path.is_file())
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert outcome.err.endswith(f"s/{len(saved) - 1}.jpg: No space left on device\n")
    assert [OUTPUT_MARKER, *(f"{number}.jpg" for number in range(len(saved) - 1))] == saved


def test_a_picture_that_was_reduced_for_the_network_is_saved_whole(cli: Cli, tmp_path: Path) -> None:
    """With its bar below, as wide as the photo."""
    model = tmp_path / "reduced.onnx"
    write_model(model, colour_model(), colour_manifest(input=InputSpec(8, 8, decode=DecodeRule.REDUCED)))
    cv2.imwrite(str(tmp_path / "large.jpg"), plain(RED, 320, 160))
    assert 0 == cli("predict", "large.jpg", "--model", model, "--save", "out").code
    saved = read_photo(tmp_path / "out" / "large.jpg")
    assert 320 == saved.shape[1]
    assert len(saved) > 160


def test_a_multi_label_model_prints_and_draws_every_label(cli: Cli, tmp_path: Path, photo: Path) -> None:
    """The classes below their thresholds follow; `--unknown-below` holds for each label."""
    task, thresholds = Task.of("colour", multi_label=True), (0.5, 0.5, 0.0)
    write_model(
        tmp_path / "many.onnx",
        colour_model(),
        colour_manifest(task=task, thresholds=thresholds, detector=DetectorConfig()),
    )
    outcome = cli("predict", photo, "--model", "many.onnx", "--save", "out")
    assert "red.png: colour: Red (100%), Blue (0%); then Green <1%" in outcome.out
    result = cli("predict", photo, "--model", "many.onnx", "--unknown-below", 0.5, "--json").json
    assert (["Red"], "known") == ([one["label"] for one in result["labels"]], result["kind"])
    assert "give a score" in cli("predict", photo, "--model", "many.onnx", "--unknown-below", "off").err
