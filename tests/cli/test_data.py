"""`edgebreed data check`."""

import os
import shutil
from pathlib import Path

from ..conftest import Cli
from ..train.test_dataset_scan import plant_faults


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


def test_json_holds_what_is_promised(tmp_path: Path, cli: Cli) -> None:
    """Counts, undecodable files, and duplicates within and across splits."""
    found = cli("data", "check", plant_faults(tmp_path), "--cache", tmp_path / "cache", "--json").json
    assert {"classes", "images", "splits", "undecodable", "duplicates", "near_duplicates"} <= set(found)
    assert {"groups", "across_splits"} <= set(found["duplicates"]) & set(found["near_duplicates"])


def test_conflicting_labels_and_unread_formats_are_named(tmp_path: Path, cli: Cli, small_data: Path) -> None:
    """Copies in two classes, a photo in HEIC, a name that is no UTF-8; as text and as JSON."""
    root = tmp_path / "d"
    shutil.copytree(small_data, root)
    twin = next((root / "train" / "star").iterdir())
    copy = root / "train/disc" / os.fsdecode(b"caf\xe9.png")
    shutil.copy(twin, copy)
    (root / "test/disc/phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    command = ("data", "check", root, "--cache", tmp_path / "cache")
    found, text = cli(*command, "--json").json, cli(*command, "--save", "sheets").out
    assert [[str(copy), str(twin)]] == found["conflicting"]
    assert [str(root / "test/disc/phone.heic")] == found["undecodable"]
    assert "2 images that are in two classes" in text
    assert "phone.heic is HEIC, which edgebreed does not read: convert it to JPEG" in text
    assert "in two classes: " in text
    assert str(twin) in text
