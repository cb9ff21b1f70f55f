"""`edgebreed data check`."""

from pathlib import Path

from ..conftest import Cli


def test_check_counts_images_classes_and_splits(cli: Cli, small_data: Path, tmp_path: Path) -> None:
    """As JSON, or as a table."""
    command = ("data", "check", small_data, "--cache", tmp_path / "cache")
    found = cli(*command, "--json").json
    assert (60, 3) == (found["images"], found["classes"])
    assert {"train": 36, "valid": 12, "test": 12} == found["splits"]
    assert "60 of 3 classes" in cli(*command).out
