"""Options and output functions that several commands share."""

from pathlib import Path

import cv2
import pytest

from edgebreed.commands.common import LONGEST_JPEG, save_jpeg
from edgebreed.edge.images import read_photo

from ..conftest import RED, Cli, plain


def test_annotated_images_of_equal_names_get_different_files(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """If they are from two folders, or of two formats."""
    for name in ("p/a/1.png", "p/b/1.png", "p/b/1.bmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / name), plain(RED))
    for command in (("predict", "p", "--model", colours), ("detect", "p/a", "p/b")):
        out = tmp_path / str(command[0])
        assert 0 == cli(*command, "--save", out).code
        saved = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.jpg"))
        assert ["a/1.jpg", "b/1.bmp.jpg", "b/1.png.jpg"] == saved


@pytest.mark.parametrize("size", [(70_000, 2), (1, 131_000)])
def test_a_picture_longer_than_jpeg_can_be_is_shrunk(size: tuple[int, int], tmp_path: Path) -> None:
    """To the longest side that OpenCV writes; others keep their size."""
    save_jpeg(tmp_path / "long.jpg", plain(RED, *size))
    save_jpeg(tmp_path / "short.jpg", plain(RED, 65_500, 1))
    assert LONGEST_JPEG == max(read_photo(tmp_path / "long.jpg").shape)
    assert (1, 65_500, 3) == read_photo(tmp_path / "short.jpg").shape
