"""Text from people."""

import json
import os
import re
from pathlib import Path

import pytest

from edgebreed.edge.text import printable, read_text, to_json
from edgebreed.errors import InputError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_as_editors_save_it(tmp_path: Path, encoding: str) -> None:
    """Without a byte order mark in it."""
    (tmp_path / "a.txt").write_bytes("é\r\n🐶".encode(encoding))
    assert "é\r\n🐶" == read_text(tmp_path / "a.txt", "a.txt")


def test_names_that_are_no_utf_8_are_read_as_python_reads_folders(tmp_path: Path) -> None:
    """So that they can be compared."""
    (tmp_path / "a.txt").write_bytes(b"caf\xe9.jpg\n")
    assert os.fsdecode(b"caf\xe9.jpg\n") == read_text(tmp_path / "a.txt", "a.txt")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", "a.jpg".encode("utf-16-le"), b"\xff\xfea"])
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    """A picture, UTF-16 that does not say so, and half a character."""
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(InputError, match=r"--names a\.txt is no text: save it as UTF-8"):
        read_text(tmp_path / "a.txt", "--names a.txt")


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(InputError, match="cannot read x: Is a directory"):
        read_text(tmp_path, "x")


def test_names_are_shown_on_one_line() -> None:
    """What steers a terminal or is no character is escaped; words of all scripts and emoji stay."""
    assert r"a\nb\tc\x1b[31m\udce9\u202e" == printable("a\nb\tc\x1b[31m\udce9\u202e")
    for text in ("café", "کتاب‌خانه", "👨‍👩‍👧", "$HOME 'x'"):
        assert text == printable(text)


@pytest.mark.parametrize(
    "text", ["caf\udce9", "\\udce9", "\\\udce9", "\U0001f436", "\ud800", "\udc36\ud83d", 'a\n"\u00e9']
)
def test_json_has_no_byte_alone(text: str) -> None:
    """Strict readers refuse it; any other text comes back as it is, in values and in keys."""
    read = json.loads(to_json({text: [text]}, indent=2))
    expected = re.sub(r"[\ud800-\udfff]", lambda byte: f"\\u{ord(byte[0]):04x}", text)
    assert {expected: [expected]} == read
    assert json.dumps(read, ensure_ascii=False).encode()
