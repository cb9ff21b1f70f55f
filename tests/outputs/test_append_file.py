"""A file of events whose last line is whole."""

import stat
from pathlib import Path

import pytest

from edgebreed.outputs.append_file import AppendFile

from .small_disk import MAY_MOUNT, largest_file, small_disk

EVENT = '{"schema": 1, "event": "state"}'


def write(path: Path, *lines: str) -> None:
    """Opens a file, appends lines, and closes it."""
    file = AppendFile(path, overwrite=False)
    for line in lines:
        file.write_line(line)
    file.close()


def test_lines_are_appended(tmp_path: Path) -> None:
    """Those of an earlier stream stay; only the user reads the file."""
    write(tmp_path / "e", EVENT)
    write(tmp_path / "e", EVENT, EVENT)
    assert [EVENT] * 3 == (tmp_path / "e").read_text().splitlines()
    assert 0o600 == stat.S_IMODE((tmp_path / "e").stat().st_mode)


def test_a_new_file_that_stays_empty_is_removed(tmp_path: Path) -> None:
    """As on a full disk; one that was there before, or has a line, stays."""
    (tmp_path / "old").touch()
    write(tmp_path / "old")
    write(tmp_path / "line", EVENT)
    write(tmp_path / "new")
    file = AppendFile(tmp_path / "full", overwrite=False)
    with largest_file(0), pytest.raises(OSError, match="File too large"):
        file.write_line(EVENT)
    file.close()
    assert ["line", "old"] == sorted(path.name for path in tmp_path.iterdir())


def write_for_ever(file: AppendFile, line: str) -> None:
    """Writes as much as the disk takes."""
    while True:
        file.write_line(line)


@pytest.mark.parametrize("cut", range(len(EVENT) + 1))
def test_a_last_line_that_was_cut_anywhere_is_mended(tmp_path: Path, cut: int) -> None:
    """Completed where only its end of line is missing, else removed; also the only line of a file."""
    for begin in ("", f"{EVENT}\n"):
        (tmp_path / "e").write_text(begin + EVENT[:cut])
        write(tmp_path / "e", EVENT)
        kept = begin.count("\n") + (cut == len(EVENT))
        assert [EVENT] * (kept + 1) == (tmp_path / "e").read_text().splitlines()


def test_a_last_line_longer_than_a_block_is_removed(tmp_path: Path) -> None:
    """And no line before it; a power failure leaves zeros."""
    for tail in (b'{"schema": 1, "top": "' + b"x" * 200_000, b"\0" * 70_000):
        (tmp_path / "e").write_bytes(f"{EVENT}\n".encode() * 3 + tail)
        write(tmp_path / "e")
        assert [EVENT] * 3 == (tmp_path / "e").read_text().splitlines()


@pytest.mark.parametrize("text", ["mine", "mine\n", '{"name": 1}\n', "[1]"])
def test_a_file_of_something_else_is_kept(tmp_path: Path, text: str) -> None:
    """Unless it may be replaced."""
    (tmp_path / "e").write_text(text)
    with pytest.raises(ValueError, match="something else"):
        AppendFile(tmp_path / "e", overwrite=False)
    assert text == (tmp_path / "e").read_text()
    AppendFile(tmp_path / "e", overwrite=True).close()
    assert "" == (tmp_path / "e").read_text()


def test_a_file_that_was_moved_away_is_followed_by_a_new_one(tmp_path: Path) -> None:
    """As logrotate does it, with a new file or without one; a removed file comes back, too."""
    file = AppendFile(tmp_path / "e", overwrite=False)
    file.write_line(EVENT)
    (tmp_path / "e").rename(tmp_path / "e.1")
    file.write_line(EVENT)
    (tmp_path / "e").rename(tmp_path / "e.2")
    (tmp_path / "e").touch()
    file.write_line(EVENT)
    (tmp_path / "e").unlink()
    file.write_line(EVENT)
    file.close()
    assert [f"{EVENT}\n"] * 3 == [(tmp_path / name).read_text() for name in ("e", "e.1", "e.2")]


def test_a_place_that_was_taken_by_something_else_is_an_error(tmp_path: Path) -> None:
    """And closing what is left touches no other file."""
    file = AppendFile(tmp_path / "e", overwrite=False)
    (tmp_path / "e").rename(tmp_path / "e.1")
    (tmp_path / "e").write_text("mine")
    with pytest.raises(ValueError, match="something else"):
        file.write_line(EVENT)
    with (tmp_path / "other").open("w") as other:
        file.close()
        other.write("still open")
    assert ("mine", "still open") == ((tmp_path / "e").read_text(), (tmp_path / "other").read_text())


def test_a_file_that_was_truncated_goes_on_at_its_begin(tmp_path: Path) -> None:
    """As after logrotate's copytruncate."""
    file = AppendFile(tmp_path / "e", overwrite=False)
    file.write_line(EVENT)
    (tmp_path / "e").write_text("")
    file.write_line(EVENT)
    file.close()
    assert f"{EVENT}\n" == (tmp_path / "e").read_text()


def test_two_streams_do_not_share_a_file(tmp_path: Path) -> None:
    """The second one would cut the line that the first one writes."""
    first = AppendFile(tmp_path / "e", overwrite=False)
    for overwrite in (False, True):
        with pytest.raises(BlockingIOError):
            AppendFile(tmp_path / "e", overwrite)
    first.close()
    first.close()
    AppendFile(tmp_path / "e", overwrite=False).close()


@pytest.mark.skipif(not MAY_MOUNT, reason="mounting a small file system needs root")
def test_a_line_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path: Path) -> None:
    """And the next one is written once there is room again."""
    line = EVENT[:-1] + ', "top": "' + "x" * 700 + '"}'
    with small_disk(tmp_path / "disk", 16) as disk:
        (disk / "other").write_bytes(b"x" * 4096)
        file = AppendFile(disk / "e", overwrite=False)
        with pytest.raises(OSError, match="No space left"):
            write_for_ever(file, line)
        text = (disk / "e").read_text()
        (disk / "other").unlink()
        file.write_line(line)
        file.close()
        assert {line} == set(text.splitlines())
        assert f"{text}{line}\n" == (disk / "e").read_text()
        assert text.endswith("\n")
