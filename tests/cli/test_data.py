"""`edgebreed data check`."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from ..conftest import Cli
from ..test_cli import assert_refused
from ..train.test_dataset_scan import plant_faults
from ..train.test_negative_check import draw

pytestmark = pytest.mark.training


def test_check_counts_images_classes_and_splits(cli: Cli, small_data: Path, tmp_path: Path) -> None:
    """As JSON, or as a table."""
    command = ("data", "check", small_data, "--cache", tmp_path / "cache")
    found = cli(*command, "--json").json
    assert (60, 3) == (found["images"], found["classes"])
    assert {"train": 36, "valid": 12, "test": 12} == found["splits"]
    assert "60 of 3 classes" in cli(*command).out


def test_data_check_writes_a_contact_sheet(tmp_path: Path, cli: Cli) -> None:
    """And lists the broken files by name."""
    outcome = cli("data", "check", plant_faults(tmp_path), "--save", "found", "--cache", tmp_path / "cache")
    assert 0 == outcome.code, outcome.err
    assert "cut.jpg" in outcome.out
    assert "2 groups, 1 across splits" in outcome.out
    assert (tmp_path / "found" / "files.jpg").stat().st_size > 20_000
    assert 0o600 == stat.S_IMODE((tmp_path / "found" / "files.jpg").stat().st_mode)


def test_without_findings_there_is_no_sheet(tmp_path: Path, cli: Cli) -> None:
    """Nor an older one's that shows what was mended since."""
    (tmp_path / "d").mkdir()
    for seed, name in enumerate("ab"):
        draw(tmp_path / "d" / name, 2, seed)
    command = ("data", "check", "d", "--save", "found", "--cache", tmp_path / "cache", "--overwrite")
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "files.jpg").write_bytes(b"of an earlier check")
    assert "contact sheets in found: none, as nothing was found" in cli(*command).out
    assert not (tmp_path / "found" / "files.jpg").exists()


def test_json_holds_what_is_promised(tmp_path: Path, cli: Cli) -> None:
    """Counts, undecodable files, and duplicates within and across splits."""
    found = cli("data", "check", plant_faults(tmp_path), "--cache", tmp_path / "cache", "--json").json
    assert {"classes", "images", "splits", "undecodable", "duplicates", "near_duplicates"} <= set(found)
    assert {"groups", "across_splits"} <= set(found["duplicates"]) & set(found["near_duplicates"])


def test_conflicting_labels_and_unread_formats_are_named(tmp_path: Path, cli: Cli, small_data: Path) -> None:
    """Copies in two classes, HEIC under another suffix, a name that is no UTF-8; as text and as JSON."""
    root = tmp_path / "d"
    shutil.copytree(small_data, root)
    twin = next((root / "train" / "star").iterdir())
    copy = root / "train/disc" / os.fsdecode(b"caf\xe9.png")
    shutil.copy(twin, copy)
    (root / "test/disc/phone.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    command = ("data", "check", root, "--cache", tmp_path / "cache")
    found, text = cli(*command, "--json").json, cli(*command, "--save", "sheets").out
    assert [[str(copy).replace("\udce9", "\\udce9"), str(twin)]] == found["conflicting"]
    assert [str(root / "test/disc/phone.jpg")] == found["undecodable"]
    assert "2 images that are in two classes" in text
    assert "phone.jpg is HEIC, which edgebreed does not read: convert it to JPEG" in text
    assert "in two classes: " in text
    assert str(twin) in text


def test_every_file_is_counted_or_listed(tmp_path: Path, cli: Cli, small_data: Path) -> None:
    """By reason, all of them as JSON and a line a reason as text; what was saved before is left out too."""
    shutil.copytree(small_data, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "test")
    (tmp_path / "data" / "train" / "disc" / "new").mkdir()
    shutil.move(next((tmp_path / "data" / "train" / "disc").glob("*.png")), tmp_path / "data/train/disc/new")
    for name in ("README.md", "train/x.png", "train/star/1.heic", "train/star/2.gz"):
        (tmp_path / "data" / name).touch()
    command = ("data", "check", "data", "--cache", "cache", "--save", "data/findings", "--overwrite")
    assert 0 == cli(*command).code
    found, shown = cli(*command, "--json").json, cli(*command).out
    assert (48, 1, ["test"]) == (found["images"], found["in_sub_folders"], found["missing_splits"])
    assert {"heic": 1, "format": 1, "loose": 2, "output": 2} == found["left_out_counts"]
    files = sum(path.is_file() for path in (tmp_path / "data").rglob("*"))
    assert files == found["images"] + sum(len(paths) for paths in found["left_out"].values())
    assert "left out: 1 in HEIC: convert to JPEG (data/train/star/1.heic)" in shown
    assert "1 images, each of the class whose folder it is below" in shown
    assert "test: training takes them from train" in shown


def test_names_that_are_no_text_are_shown_escaped(tmp_path: Path, cli: Cli, small_data: Path) -> None:
    """On one line each."""
    shutil.copytree(small_data, tmp_path / "data")
    star = tmp_path / "data" / "train" / "star"
    (star / os.fsdecode(b"caf\xe9\n.png")).touch()
    star.rename(star.with_name(os.fsdecode(b"st\xe4r\x1b[31m")))
    for split in ("valid", "test"):
        (tmp_path / "data" / split / "star").rename(
            tmp_path / "data" / split / os.fsdecode(b"st\xe4r\x1b[31m")
        )
    outcome = cli("data", "check", "data", "--cache", "cache")
    assert (0, "") == (outcome.code, outcome.err)
    name = r"data/train/st\udce4r\x1b[31m/caf\udce9\n.png"
    assert [True] == ["does not decode" in line for line in outcome.out.splitlines() if name in line]


def test_a_class_that_would_vanish_is_refused(tmp_path: Path, cli: Cli, small_data: Path) -> None:
    """Instead of three classes becoming two."""
    shutil.copytree(small_data / "train", tmp_path / "data")
    for path in (tmp_path / "data" / "star").iterdir():
        path.rename(path.with_suffix(".heic"))
    assert_refused(
        cli("data", "check", "data", "--cache", "cache"),
        "class folder data/star has no image that is read, its files are left out: 12 in HEIC: convert to",
    )


def test_a_home_that_cannot_be_written_is_one_warning(
    cli: Cli, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is made all the same."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    outcome = cli("data", "check", small_data, "--json")
    assert (0, 60, 1) == (outcome.code, outcome.json["images"], len(outcome.err.splitlines())), outcome.err
    assert "edgebreed: features are not kept for the next run: cannot write" in outcome.err


def test_labels_of_a_csv_file_are_counted(cli: Cli, several_data: Path, tmp_path: Path) -> None:
    """By split, with the images that show none; what the file does not name is counted too."""
    folder = tmp_path / "defects"
    shutil.copytree(several_data, folder)
    shutil.copy(folder / "0000.png", folder / "other.png")
    command = ("data", "check", folder, "--csv", folder / "labels.csv", "--cache", tmp_path / "cache")
    found = cli(*command, "--json").json
    rows = [line.split(",") for line in (folder / "labels.csv").read_text().splitlines()[1:]]
    cracks = sum(row[1:3] == ["test", "1"] for row in rows)
    assert {"crack", "stain", "scratch"} == set(found["labels"])
    assert cracks == found["labels"]["crack"]["test"]
    assert sum(row[2:] == ["0"] * 3 for row in rows) == sum(found["unlabelled"].values())
    assert [str(folder / "other.png")] == found["left_out"]["not_listed"]
    table = cli(*command).out
    assert "60 of 3 labels" in table
    assert "show no label" in table


def test_equal_files_with_other_labels_are_in_conflict(cli: Cli, several_data: Path, tmp_path: Path) -> None:
    """At most one of the two sets of labels is right."""
    for name in ("a.png", "b.png"):
        shutil.copy(several_data / "0000.png", tmp_path / name)
    (tmp_path / "l.csv").write_text("image,labels\na.png,crack\nb.png,crack;stain\n")
    outcome = cli("data", "check", tmp_path, "--csv", tmp_path / "l.csv", "--cache", tmp_path / "cache")
    assert "2 images with two sets of labels" in " ".join(outcome.out.replace("│", " ").split())
    assert_refused(cli("data", "check", tmp_path, "--csv", "l.csv", "--labels"), "leave it out with --csv")
