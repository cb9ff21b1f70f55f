"""What training left out is known again."""

import shutil
from dataclasses import replace
from pathlib import Path

import cv2

from edgebreed.edge.formats import write_model
from edgebreed.train.config import TrainConfig
from edgebreed.train.dataset import read_dataset
from edgebreed.train.dropped_images import dropped_images, is_dropped
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.prepare import PreparedData, prepare

from ..conftest import BLUE, GREEN, RED, Cli, colour_manifest, colour_model, plain


def draw(path: Path, number: int, colour: tuple[int, int, int]) -> None:
    """A picture mostly of one colour; no two numbers look the same."""
    frame = plain(colour)
    left, top = number % 4 * 10, number // 4 * 10
    cv2.rectangle(frame, (left, top), (left + 9, top + 9), (255, 255, 255), -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), frame)


def prepared(root: Path, *excluded: str) -> PreparedData:
    """Six test images in three classes: one is in training under another class, two are to be excluded."""
    for label, (name, colour) in enumerate((("red", RED), ("green", GREEN), ("blue", BLUE))):
        for number in range(3):
            draw(root / "train" / name / f"{number}.png", number, colour)
        draw(root / "valid" / name / "0.png", 4 + label, colour)
        for number in (8, 9):
            draw(root / "test" / name / f"{number}.png", number, colour)
    shutil.copy(root / "test" / "red" / "8.png", root / "train" / "blue")
    shutil.copy(root / "test" / "green" / "8.png", root / "test" / "green" / "copy.png")
    listed = root.with_suffix(".txt")
    listed.write_text("\n".join(excluded))
    return prepare(TrainConfig(root / "run", root / ".cache", data=root, exclude=listed, size=32))


def test_a_file_is_measured_on_the_images_of_its_report(tmp_path: Path, cli: Cli) -> None:
    """Not on those of --exclude, nor on one that contradicts a training image; a copy that is kept stays."""
    found = prepared(tmp_path / "data", "test/green/copy.png", "test/blue/8.png")
    manifest = colour_manifest(learned=None, dropped=found.dropped_images)
    write_model(tmp_path / "m.onnx", colour_model(), manifest)
    report = {found.data.name_of(image) for image in found.data.images("test")}
    assert {"test/red/9.png", "test/green/8.png", "test/green/9.png", "test/blue/9.png"} == report
    measured = cli("evaluate", "data", "--model", "m.onnx", "--json").json
    assert (4, 3) == (measured["n"], measured["dropped"])
    assert "3 that its training left out" in cli("evaluate", "data", "--model", "m.onnx").out


def test_nothing_that_is_kept_counts_as_dropped(tmp_path: Path) -> None:
    """But a copy of it under the path that was left out, and no other one."""
    data = read_dataset(prepared(tmp_path / "data").data.root)
    kept = data.keep(lambda image: image.path.name != "copy.png")
    dropped = dropped_images(data, kept, digest_of)
    found = [image for image in data.all_images if is_dropped(image, data.root, dropped, digest_of)]
    assert ["copy.png"] == [image.path.name for image in found]
    moved = replace(found[0], path=found[0].path.with_name("8.png"))
    assert not is_dropped(moved, data.root, dropped, digest_of)
    assert 0 == dropped_images(data, data, digest_of).n
