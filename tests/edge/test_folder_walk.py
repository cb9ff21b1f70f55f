"""Every file below a folder, and why it is left out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edgebreed.edge.files import mark_output
from edgebreed.edge.folder_walk import EXPLANATIONS, LeftOut, by_reason, describe, describe_all, walk
from edgebreed.edge.images import is_photo

NOBODY = 65534  # user ID


def touch(root: Path, *names: str) -> None:
    """Files with these names: empty, but for the records of runs."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        record = '{"arch": "scratch", "classes": ["a"], "data": "d"}'
        (root / name).write_text(record if name.endswith("run.json") else "")


@contextmanager
def not_the_superuser() -> Iterator[None]:
    """Runs as nobody, since the superuser may read everything."""
    user = os.geteuid()
    if user == 0:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(user, user, user)


def walked(root: Path) -> dict[str, LeftOut | None]:
    """The reason of each file, by its path below the root."""
    return {file.path.relative_to(root).as_posix(): file.left_out for file in walk(root, is_photo)}


def test_every_file_is_read_or_has_a_reason(tmp_path: Path) -> None:
    """Suffixes in any case; a hidden folder hides what is below it."""
    touch(tmp_path, "a.JPG", "b/c/d.png", "b/notes.txt", "b/IMG.HEIC", ".DS_Store", ".git/x/a.jpg", "._a.jpg")
    assert {
        "a.JPG": None,
        "b/c/d.png": None,
        "b/notes.txt": LeftOut.FORMAT,
        "b/IMG.HEIC": LeftOut.HEIC,
        ".DS_Store": LeftOut.HIDDEN,
        ".git/x/a.jpg": LeftOut.HIDDEN,
        "._a.jpg": LeftOut.HIDDEN,
    } == walked(tmp_path)


def test_links_to_files_and_folders_are_followed(tmp_path: Path) -> None:
    """Also where two of them lead to one folder, and to what lies elsewhere."""
    touch(tmp_path / "store", "1.jpg")
    (tmp_path / "set").mkdir()
    for name, target in (("a", "../store"), ("b", "../store"), ("2.jpg", "../store/1.jpg")):
        (tmp_path / "set" / name).symlink_to(target)
    assert dict.fromkeys(("a/1.jpg", "b/1.jpg", "2.jpg")) == walked(tmp_path / "set")


def test_links_in_a_circle_or_to_nowhere_are_told(tmp_path: Path) -> None:
    """To the folder itself, to one above the root, by way of another folder, and a link to itself."""
    touch(tmp_path / "set" / "a", "1.jpg")
    touch(tmp_path / "store", "2.jpg")
    links = {
        "set/a/self": ".",
        "set/a/up": "../..",
        "set/s": "../store",
        "store/back": "../set/s",
        "set/gone.jpg": "/nowhere/x.jpg",
        "set/loop": "loop",
    }
    for name, target in links.items():
        (tmp_path / name).symlink_to(target)
    circles = dict.fromkeys(("a/self", "a/up", "s/back", "gone.jpg", "loop"), LeftOut.LINK)
    assert {"a/1.jpg": None, "s/2.jpg": None, **circles} == walked(tmp_path / "set")


def test_what_is_no_regular_file_is_told(tmp_path: Path) -> None:
    """A pipe named like a photo would be waited on for ever."""
    os.mkfifo(tmp_path / "pipe.jpg")
    assert {"pipe.jpg": LeftOut.UNREADABLE} == walked(tmp_path)


def test_files_and_folders_without_permission_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder as such, as nobody knows what it holds."""
    touch(tmp_path, "a.jpg", "shut/b.jpg")
    tmp_path.chmod(0o755)
    (tmp_path / "a.jpg").chmod(0)
    (tmp_path / "shut").chmod(0)
    monkeypatch.chdir(tmp_path)  # the way there is shut too
    with not_the_superuser():
        found = walked(Path())
    assert {"a.jpg": LeftOut.UNREADABLE, "shut": LeftOut.UNREADABLE} == found


def test_what_edgebreed_wrote_is_told_apart(tmp_path: Path) -> None:
    """Saved pictures by their mark, a run by its record; the folder that was named is read."""
    mark_output(tmp_path / "saved")
    touch(tmp_path, "saved/a/1.jpg", "runs/x/run.json", "runs/x/curves.png", "2.jpg")
    found = walked(tmp_path)
    assert [None] == [found.pop("2.jpg")]
    assert {LeftOut.OUTPUT} == set(found.values())
    assert {"a/1.jpg": None, ".edgebreed-output": LeftOut.HIDDEN} == walked(tmp_path / "saved")


@pytest.mark.slow
def test_folders_may_be_as_deep_as_the_file_system_allows(tmp_path: Path) -> None:
    """Deeper than Python calls functions."""
    folders = [tmp_path]
    for _ in range(1000):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    (folders[-1] / "1.jpg").touch()
    assert [(folders[-1] / "1.jpg", None)] == list(walk(tmp_path, is_photo))
    (folders[-1] / "1.jpg").unlink()
    for folder in reversed(folders[1:]):  # what empties folders of tests would not get so deep
        folder.rmdir()


def test_reasons_are_told_in_words(tmp_path: Path) -> None:
    """The count, and the first names on one line, whatever these hold; hidden files only in the full list."""
    touch(tmp_path, "a\nb.txt", "b.txt", "c.txt", "d.txt", os.fsdecode(b"caf\xe9.heic"), ".x")
    found = by_reason(walk(tmp_path, is_photo))
    assert {"format": 4, "heic": 1, "hidden": 1} == {
        reason.value: len(paths) for reason, paths in found.items()
    }
    formats, heic = r"(a\nb.txt, b.txt, c.txt, ...)", r"(caf\udce9.heic)"
    told = f"4 in no format that is read {formats}; 1 in HEIC: convert to JPEG {heic}"
    assert told == describe_all(found, tmp_path)
    assert "1 hidden (.x)" == describe(LeftOut.HIDDEN, [".x"], 1)
    assert set(LeftOut) == set(EXPLANATIONS)
