"""Files that appear whole or not at all."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from edgebreed.edge.files import (
    is_output,
    mark_output,
    refuse_existing,
    remove_leftovers,
    remove_unused,
    replacing,
    user_cache,
    write_whole,
)
from edgebreed.errors import InputError

from ..conftest import fresh_python
from ..outputs.small_disk import MAY_MOUNT, small_disk


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    write_whole(tmp_path / "a/b.bin", b"data")
    assert [tmp_path / "a/b.bin"] == list((tmp_path / "a").iterdir())
    assert b"data" == (tmp_path / "a/b.bin").read_bytes()


def mode(path: Path) -> int:
    """A file's or a folder's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_files_with_pictures_are_their_users_own(tmp_path: Path) -> None:
    """With the folder that is made for them; one that exists keeps its mode."""
    write_whole(tmp_path / "a/b.jpg", b"data", private=True)
    mark_output(tmp_path / "c", private=True)
    assert (0o600, 0o700, 0o700) == (mode(tmp_path / "a/b.jpg"), mode(tmp_path / "a"), mode(tmp_path / "c"))
    (tmp_path / "a").chmod(0o750)
    (tmp_path / "a/b.jpg").chmod(0o640)
    write_whole(tmp_path / "a/b.jpg", b"more", overwrite=True, private=True)
    mark_output(tmp_path / "a", private=True)
    assert (0o640, 0o750) == (mode(tmp_path / "a/b.jpg"), mode(tmp_path / "a"))


def test_what_holds_pictures_is_private_under_any_umask(tmp_path: Path) -> None:
    """All folders that are made for it too, and the mark in them."""
    fresh_python(
        "import os; from edgebreed.edge.files import *; os.umask(0); "
        f"mark_output(Path({str(tmp_path / 'a/b/c')!r}), private=True)"
    )
    modes = {path.name: mode(path) for path in tmp_path.rglob("*")}
    assert {"a": 0o700, "b": 0o700, "c": 0o700, ".edgebreed-output": 0o600} == modes


@pytest.mark.slow
@pytest.mark.parametrize(("umask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_other_files_have_the_mode_that_the_user_chose(tmp_path: Path, umask: int, expected: int) -> None:
    """By the umask, or by the mode of the file that is replaced."""
    path = str(tmp_path / "m")
    fresh_python(
        f"import os; from edgebreed.edge.files import *; os.umask({umask}); write_whole(Path({path!r}), b'')"
    )
    assert expected == mode(tmp_path / "m")
    (tmp_path / "m").chmod(0o604)
    write_whole(tmp_path / "m", b"new", overwrite=True)
    assert 0o604 == mode(tmp_path / "m")


def test_private_folders_are_private_with_those_above_them(tmp_path: Path) -> None:
    """Whatever the umask is."""
    path = str(tmp_path / "a/b/c.jpg")
    fresh_python(
        "import os; from edgebreed.edge.files import *; os.umask(0);"
        f"write_whole(Path({path!r}), b'', private=True)"
    )
    assert [0o700, 0o700, 0o600] == [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c.jpg")]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    """The message says which option allows it."""
    path = tmp_path / "a.bin"
    write_whole(path, b"old")
    with pytest.raises(InputError, match=r"a\.bin exists: pass --overwrite or another name"):
        refuse_existing(path, False, "another name")
    with pytest.raises(InputError, match=r"a\.bin exists: pass --overwrite or another --out"):
        write_whole(path, b"new")
    write_whole(path, b"new", overwrite=True)
    assert b"new" == path.read_bytes()


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Neither the file nor a temporary one; a folder that cannot be is named."""
    with pytest.raises(TypeError):
        write_whole(tmp_path / "x.onnx", "no bytes")  # type: ignore[arg-type]  # the fault under test
    assert [] == list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write .*file/x: "):
        write_whole(tmp_path / "file" / "x", b"")


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    """Another process can write it by its name, which has the same suffix."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with replacing(path) as file:
        assert (b"old", ".bin") == (path.read_bytes(), Path(file.name).suffix)
        Path(file.name).write_bytes(b"new")
    assert b"new" == path.read_bytes()


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """And nothing else; a name may hold what stands for others in a pattern."""
    for name in ("a[1].bin", ".a[1].bin.x7.bin", ".a1.bin.x7.bin", ".a[1].other"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "a[1].bin")
    assert {"a[1].bin", ".a1.bin.x7.bin", ".a[1].other"} == {path.name for path in tmp_path.iterdir()}


def test_the_cache_is_where_the_user_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the XDG Base Directory specification."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path / "edgebreed" == user_cache()


def test_a_file_may_have_the_longest_name(tmp_path: Path) -> None:
    """The temporary file beside it has a shorter one."""
    write_whole(tmp_path / ("é" * 127), b"data")
    assert ["é" * 127] == [path.name for path in tmp_path.iterdir()]


def test_folders_that_edgebreed_wrote_are_known(tmp_path: Path) -> None:
    """By their mark, which stays, or as runs; a folder that holds files of others gets none."""
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "1.jpg").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"arch": "scratch", "classes": [], "data": "d"}')
    (tmp_path / "mixed" / "run.json").write_text("{}")
    assert [True, True, False] == [mark_output(tmp_path / name) for name in ("new/a", "empty", "mixed")]
    (tmp_path / "new" / "a" / "2.jpg").touch()
    assert mark_output(tmp_path / "new/a")
    assert [True, True, True, False, False] == [
        is_output(tmp_path / name) for name in ("new/a", "empty", "run", "mixed", "gone")
    ]


def test_an_unused_folder_is_removed(tmp_path: Path) -> None:
    """One with files is not, and keeps its mark."""
    for name in ("unused", "used"):
        mark_output(tmp_path / name)
    (tmp_path / "used" / "1.jpg").touch()
    for name in ("unused", "used"):
        remove_unused(tmp_path / name)
    assert [tmp_path / "used"] == list(tmp_path.iterdir())
    assert is_output(tmp_path / "used")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write .*file: File exists"):
        mark_output(tmp_path / "file")


@pytest.mark.skipif(os.getuid() != 0, reason="becomes a user who has no entry in the system's list")
def test_a_user_without_a_home_has_a_cache_too() -> None:
    """As in a container that runs under a number alone."""
    code = "import os; from edgebreed.edge.files import user_cache; del os.environ['HOME']; os.setuid(54321)"
    folder = fresh_python(f"{code}; os.environ.pop('XDG_CACHE_HOME', None); print(user_cache())").strip()
    assert Path(tempfile.gettempdir()) / "edgebreed-54321" == Path(folder)


@pytest.mark.skipif(not MAY_MOUNT, reason="makes a small disk, which needs root")
def test_a_full_disk_leaves_no_half_mark(tmp_path: Path) -> None:
    """Nor the folder, unless it was there before."""
    with small_disk(tmp_path / "disk", 4) as disk:
        (disk / "own").mkdir()
        (disk / "filling").write_bytes(bytes(4096))
        for name in ("new", "own"):
            with pytest.raises(InputError, match=rf"cannot write .*{name}.*: No space left on device"):
                mark_output(disk / name)
        assert [disk / "filling", disk / "own"] == sorted(disk.rglob("*"))
