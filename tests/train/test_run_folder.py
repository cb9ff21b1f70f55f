"""The folder of a new run."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.train.config import LOGS
from edgebreed.train.run_folder import run_folder
from edgebreed.train.run_record import CHECKPOINT, RECORD

HOLD = """
import sys
from pathlib import Path
from edgebreed.train.run_folder import run_folder
out = Path(sys.argv[1]) if len(sys.argv) > 1 else None
with run_folder("scratch", out, False, False) as folder:
    print(folder, flush=True)
    sys.stdin.read()
    (folder / "run.json").touch()
"""


def hold(*out: Path) -> "subprocess.Popen[str]":
    """A process that uses a run's folder until its standard input ends."""
    command = [sys.executable, "-c", HOLD, *map(str, out)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_trainings_that_start_together_get_a_folder_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any of them has written anything."""
    monkeypatch.chdir(tmp_path)
    processes = [hold() for _ in range(4)]
    folders = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert {"runs/scratch", *(f"runs/scratch-{number}" for number in (2, 3, 4))} == folders


def test_a_folder_in_use_is_refused_until_its_user_dies(tmp_path: Path) -> None:
    """A kill frees it; nothing that the user of the folder has is touched."""
    process = hold(tmp_path / "run")
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(InputError, match="another training uses .*run: wait for its end, or pass another"):
        run_folder("scratch", tmp_path / "run", True, False).__enter__()
    assert (tmp_path / "run").is_dir()
    process.kill()
    process.communicate()
    with run_folder("scratch", tmp_path / "run", False, False) as folder:
        assert tmp_path / "run" == folder


def test_a_run_is_replaced_or_resumed_when_asked(tmp_path: Path) -> None:
    """And else left alone; a complete one has nothing to resume."""
    (tmp_path / RECORD).touch()

    def ask(overwrite: bool, resume: bool) -> Path:
        with run_folder("scratch", tmp_path, overwrite, resume) as folder:
            return folder

    with pytest.raises(InputError, match="holds a run: pass --overwrite or another --out"):
        ask(False, False)
    with pytest.raises(InputError, match="has nothing to resume, as its run is complete: leave --resume out"):
        ask(True, True)
    assert tmp_path == ask(True, False)
    (tmp_path / CHECKPOINT).touch()
    assert tmp_path == ask(False, True)


def test_an_empty_folder_goes_only_if_it_was_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A training that failed in its first epoch leaves no log, and removes nothing of the user's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    for out in (None, tmp_path / "new", tmp_path / "own"):
        with ExitStack() as stack:
            stack.enter_context(pytest.raises(ZeroDivisionError))
            stack.enter_context(run_folder("scratch", out, False, False))
            (Path(out or "runs/scratch") / LOGS).mkdir()
            raise ZeroDivisionError
    assert [tmp_path / "own"] == list(tmp_path.iterdir())


def test_what_a_killed_training_was_writing_is_removed(tmp_path: Path) -> None:
    """It may be as large as the checkpoint."""
    for name in (f".{CHECKPOINT}.x7.npz", ".model.keras.x7.keras", CHECKPOINT, "notes.txt"):
        (tmp_path / name).touch()
    with run_folder("scratch", tmp_path, False, True):
        pass
    assert {CHECKPOINT, "notes.txt"} == {path.name for path in tmp_path.iterdir()}


def test_a_place_for_no_folder_is_named(tmp_path: Path) -> None:
    """A file, and a path below one."""
    (tmp_path / "file").touch()
    for out, message in (
        ("file", "--out .*file is a file: name a folder"),
        ("file/run", "cannot make the run"),
    ):
        with pytest.raises(InputError, match=message):
            run_folder("scratch", tmp_path / out, False, False).__enter__()


def test_an_interrupted_run_is_not_begun_again_by_accident(tmp_path: Path) -> None:
    """Hours of epochs would be lost; --resume and --overwrite say what is meant."""
    (tmp_path / "checkpoint.npz").touch()
    with (
        pytest.raises(InputError, match="an interrupted run: pass --resume to continue it, --overwrite"),
        run_folder("scratch", tmp_path, overwrite=False, resume=False),
    ):
        pass
    for overwrite, resume in ((True, False), (False, True)):
        with run_folder("scratch", tmp_path, overwrite, resume) as folder:
            assert tmp_path == folder
