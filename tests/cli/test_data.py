"""`edgebreed data check`."""

from pathlib import Path

import pytest

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


def test_a_home_that_cannot_be_written_is_one_warning(
    cli: Cli, small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is made all the same."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    outcome = cli("data", "check", small_data, "--json")
    assert (0, 60, 1) == (outcome.code, outcome.json["images"], len(outcome.err.splitlines())), outcome.err
    assert "edgebreed: features are not kept for the next run: cannot write" in outcome.err
