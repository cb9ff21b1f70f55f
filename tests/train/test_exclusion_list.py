"""Lists of images to leave out."""

import os
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.train.exclusion_list import listed_name, read_list


def read(folder: Path, data: bytes, *known: str) -> set[str]:
    """What a list of these bytes names."""
    (folder / "list.txt").write_bytes(data)
    return read_list(folder / "list.txt", set(known))


def test_excluded_images_are_listed_in_a_file(tmp_path: Path) -> None:
    """The first column counts, comments and empty lines do not."""
    names = read(tmp_path, b"# two\ntrain/a/1.jpg\tb\t0.9\n\ntrain/a/2.jpg \r\n   # indented\n")
    assert {"train/a/1.jpg", "train/a/2.jpg"} == names
    with pytest.raises(InputError, match=r"cannot read --exclude .*gone\.txt: No such file"):
        read_list(tmp_path / "gone.txt")
    with pytest.raises(InputError, match=r"--exclude .*list\.txt is no text"):
        read(tmp_path, b"\xff\xd8\xff\xe0\0\x10JFIF")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path, encoding: str) -> None:
    """Windows' editors write one."""
    assert {"a/é.jpg", "b/2.jpg"} == read(tmp_path, "a/é.jpg\r\nb/2.jpg\r\n".encode(encoding))


@pytest.mark.parametrize(
    "name", ["#1 pug/001.jpg", "a/b\tc.jpg", "a/1.jpg ", " a/1.jpg", '"a".jpg', '"a"', "a/\x85\u2028.jpg"]
)
def test_an_image_of_the_data_set_is_one_however_it_is_named(tmp_path: Path, name: str) -> None:
    """Typed as it is, with Windows' line ends or not."""
    for end in ("\n", "\r\n"):
        assert {name} == read(tmp_path, f"# a comment{end}{name}{end}".encode(), name, "other.jpg")


def test_a_comment_that_is_no_image_stays_a_comment(tmp_path: Path) -> None:
    """Also beside images whose names begin like it."""
    assert {"#1 pug/1.jpg"} == read(tmp_path, b"#1 pug\n#1 pug/1.jpg\tpug\n# 9\n", "#1 pug/1.jpg")


@pytest.mark.parametrize(
    "name",
    ["a\nb.jpg", "a\r", "a\tb.jpg", "# a.jpg", ' "a"', '"a"', os.fsdecode(b"caf\xe9.jpg"), "é 🐶/$x'.jpg"],
)
def test_listed_names_are_read_back(tmp_path: Path, name: str) -> None:
    """Any that a file system bears, also where the list is all that the reader knows."""
    line = f"{listed_name(name)}\tlabel\n".encode(errors="surrogateescape")
    assert {name} == read(tmp_path, line) == read(tmp_path, line, name)


@pytest.mark.parametrize("line", ["a\\1.jpg", "data/a/1.jpg", "data\\a\\1.jpg"])
def test_paths_are_known_as_windows_or_edgebreed_writes_them(tmp_path: Path, line: str) -> None:
    """With backslashes, or below the folder's own name."""
    (tmp_path / "list.txt").write_text(line)
    assert {"a/1.jpg"} == read_list(tmp_path / "list.txt", {"a/1.jpg"}, [Path("data")])
