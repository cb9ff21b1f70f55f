"""Photos from disk."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.files import mark_output
from edgebreed.edge.images import decode, find_photos, read_photo
from edgebreed.errors import ImageError, InputError

from ..conftest import RED, plain


def test_a_folder_gives_its_photos_by_name(tmp_path: Path) -> None:
    """Stray and hidden files are no photos."""
    for name in ("b.jpg", "a.PNG", ".DS_Store", "._a.jpg", "notes.txt", "sub/c.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert ["a.PNG", "b.jpg", "c.webp"] == [path.name for path in find_photos([tmp_path])]


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    """Editors and file managers keep copies in them; the folder that was named may be hidden itself."""
    folder = tmp_path / ".photos"
    for name in ("a.jpg", ".thumbnails/a.jpg", "b/.ipynb_checkpoints/a.jpg", "b/c.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert ["a.jpg", "b/c.jpg"] == [path.relative_to(folder).as_posix() for path in find_photos([folder])]


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    """As training does; a circle ends."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "1.jpg").touch()
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "c").symlink_to("../a")
    (tmp_path / "a" / "b" / "up").symlink_to("..")
    assert [tmp_path / "set/c/b/1.jpg"] == find_photos([tmp_path / "set"])


def test_what_is_left_out_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In one line; saved pictures below are left out, and read where their folder is named."""
    mark_output(tmp_path / "saved")
    for name in ("1.jpg", "2.heic", ".3.jpg", "saved/1.jpg"):
        (tmp_path / name).touch()
    assert [tmp_path / "1.jpg"] == find_photos([tmp_path])
    assert [
        f"left out in {tmp_path}: 1 in HEIC: convert to JPEG (2.heic); "
        "2 written by edgebreed (saved/.edgebreed-output, saved/1.jpg)"
    ] == caplog.messages
    assert [tmp_path / "saved/1.jpg"] == find_photos([tmp_path / "saved"])


def test_a_folder_of_other_formats_says_so(tmp_path: Path) -> None:
    """A phone's photos, for instance."""
    (tmp_path / "1.HEIC").touch()
    with pytest.raises(
        InputError, match=r"no photo in .* but 1 in HEIC: convert to JPEG \(1.HEIC\): expected"
    ):
        find_photos([tmp_path])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """The message says which folder and what was expected."""
    with pytest.raises(InputError, match=r"no photo in .*expected files named \.bmp"):
        find_photos([tmp_path])


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    """The message says which path."""
    with pytest.raises(InputError, match="no such file or folder: .*nowhere"):
        find_photos([tmp_path / "nowhere"])


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0" + b"\x00" * 40])
def test_bytes_that_are_no_image_are_refused(data: bytes) -> None:
    """Empty, text, and a JPEG's start with nothing behind it."""
    with pytest.raises(ImageError, match=r"cat\.jpg does not decode as an image: give a JPEG"):
        decode(data, "cat.jpg")


def test_colours_come_as_bgr() -> None:
    """Red is the last channel."""
    data = cv2.imencode(".png", plain(RED))[1].tobytes()
    assert list(RED) == decode(data)[0, 0].tolist()


def test_grey_and_transparent_images_become_three_channels() -> None:
    """The rest of the runtime sees one shape."""
    for array in (np.zeros((4, 5), np.uint8), np.zeros((4, 5, 4), np.uint8), np.zeros((4, 5, 3), np.uint16)):
        frame = decode(cv2.imencode(".png", array)[1].tobytes())
        assert (4, 5, 3) == frame.shape
        assert frame.dtype == np.uint8


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    """The message holds the system's reason."""
    with pytest.raises(InputError, match="cannot read .*gone.jpg: No such file"):
        read_photo(tmp_path / "gone.jpg")
    with pytest.raises(InputError, match=r"cannot read 'a\\x00b': embedded null byte"):
        read_photo(Path("a\0b"))
