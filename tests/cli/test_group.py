"""A command with its own arguments and with sub-commands."""

from pathlib import Path

from ..conftest import Cli


def test_a_folder_with_the_name_of_a_sub_command_can_be_measured(
    cli: Cli, tmp_path: Path, colours: Path, photo: Path
) -> None:
    """If it is written as a path."""
    (tmp_path / "compare").mkdir()
    photo.rename(tmp_path / "compare" / "photo.png")
    assert 0 == cli("bench", "./compare", "--model", colours, "--duration", "0.1").code
