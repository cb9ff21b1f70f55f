"""The folder of a new run: made at once, and used by one training at a time."""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from edgebreed.edge.files import mark_output, remove_leftovers, remove_unused
from edgebreed.errors import InputError
from edgebreed.train.config import LOGS
from edgebreed.train.run_record import CHECKPOINT, FILES, RECORD, RUNS

_LOG = logging.getLogger(__name__)


@contextmanager
def run_folder(network: str, out: Path | None, overwrite: bool, resume: bool) -> Iterator[Path]:
    """Makes the folder of a run, and holds it until the training ends in any way.

    Args:
        network: names the folder where `out` does not.
        out: the folder; None makes the first of `runs/<network>`, `runs/<network>-2`, ... that is free.
        overwrite: whether a run in `out` may be replaced.
        resume: whether `out` holds an interrupted run.

    Yields:
        The folder. It is removed again if nothing but a log was written into it.

    Raises:
        InputError: another training uses `out`, it holds a run, nothing to resume or no folder, or it cannot
            be made.
    """
    if resume and not (out and out.is_dir()):
        raise InputError(f"{out} has nothing to resume: leave --resume out")
    folder, made = _made(network, out)
    with _held(folder):
        try:
            _refuse_a_run_in(folder, overwrite, resume)
            for name in FILES:
                remove_leftovers(folder / name)
            mark_output(folder)  # without a record yet, it could be taken for a class of a folder above it
            yield folder
        finally:
            if made:
                _remove_unused(folder)


def _made(network: str, out: Path | None) -> tuple[Path, bool]:
    """The folder, and whether it is new."""
    try:
        return (_new_folder(network), True) if out is None else (out, _make(out))
    except OSError as error:
        raise InputError(f"cannot make the run's folder {out or RUNS}: {error.strerror}") from error


def _new_folder(network: str) -> Path:
    """The system lets one process alone make a folder, so that no two trainings get the same."""
    names = (RUNS / (network if number == 1 else f"{network}-{number}") for number in count(1))
    return next(folder for folder in names if _make(folder))


def _make(folder: Path) -> bool:
    """Makes a folder; False if it was there."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def _refuse_a_run_in(folder: Path, overwrite: bool, resume: bool) -> None:
    complete = (folder / RECORD).exists()
    if resume and complete and not (folder / CHECKPOINT).exists():
        raise InputError(f"{folder} has nothing to resume, as its run is complete: leave --resume out")
    if complete and not (overwrite or resume):
        raise InputError(f"{folder} holds a run: pass --overwrite or another --out")
    if (folder / CHECKPOINT).exists() and not (overwrite or resume):
        raise InputError(
            f"{folder} holds an interrupted run: pass --resume to continue it, --overwrite or another --out"
        )


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Locks a folder against other trainings; the system unlocks it when the process dies."""
    if not folder.is_dir():
        raise InputError(f"--out {folder} is a file: name a folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"cannot write into {folder}: pass another --out")
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            f"another training uses {folder}: wait for its end, or pass another --out"
        ) from error
    except OSError as error:
        _LOG.warning("%s cannot be locked (%s): start no other training in it", folder, error.strerror)


def _remove_unused(folder: Path) -> None:
    if not any((folder / name).exists() for name in FILES):
        shutil.rmtree(folder / LOGS, ignore_errors=True)  # of epochs of which nothing else is left
    with suppress(OSError):  # it holds a run
        remove_unused(folder)
        if folder.parent == RUNS:
            RUNS.rmdir()
