"""Outputs that would overwrite inputs."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.outputs.collisions import refuse_collisions


def test_an_output_is_no_input_by_whatever_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path, a symbolic or a hard link."""
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "v.mp4"
    source.touch()
    (tmp_path / "soft.mp4").symlink_to(source)
    (tmp_path / "hard.mp4").hardlink_to(source)
    for name in ("v.mp4", "./v.mp4", "soft.mp4", "hard.mp4"):
        with pytest.raises(
            InputError, match=f"^{name.removeprefix('./')} would overwrite .*: name another file"
        ):
            refuse_collisions([Path(name)], [source])


def test_an_output_is_no_photo_of_an_input_folder(tmp_path: Path) -> None:
    """Other files may lie there."""
    with pytest.raises(InputError, match="1.png would overwrite"):
        refuse_collisions([tmp_path / "1.png"], [tmp_path])
    refuse_collisions([tmp_path / "r.mp4", tmp_path / "e.jsonl"], [tmp_path])


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    """Also where no file is yet."""
    with pytest.raises(InputError, match="r.avi would overwrite"):
        refuse_collisions([tmp_path / "r.avi", tmp_path / "x" / ".." / "r.avi"], [])
