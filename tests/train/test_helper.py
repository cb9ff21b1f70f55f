"""The second process."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.helper import helper
from edgebreed.train.prepare import prepare

LEAVING = """
import os, time
from edgebreed.train.helper import helper
with helper() as aside:
    print(aside.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def is_gone(pid: int, seconds: float) -> bool:
    """Whether a process ends in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}/stat").exists():
            return True
        time.sleep(0.05)
    return False


def test_it_works_aside_and_hands_errors_back(tmp_path: Path) -> None:
    """An error of its work is the error here, so that the command line tells it in one line."""
    with helper() as aside:
        assert os.getpid() != aside.submit(os.getpid).result()
        with pytest.raises(InputError, match="no such folder: "):
            aside.submit(prepare, TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, tmp_path / "x")).result()


def test_it_lives_through_signals_to_the_group() -> None:
    """Ctrl-C on a terminal reaches both; what a run that was cut off still has to write is drawn there."""
    with helper() as aside:
        pid = aside.submit(os.getpid).result()
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pid, number)
        assert pid == aside.submit(os.getpid).result()


def test_it_ends_at_once_when_something_fails_here() -> None:
    """Nobody waits for work whose result is not wanted."""

    def fail() -> None:
        with helper() as aside:
            aside.submit(os.getpid).result()
            aside.submit(time.sleep, 60)
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert time.monotonic() - start < 30


def test_it_leaves_other_processes_alone() -> None:
    """A program that trains may have children of its own."""
    other = get_context("spawn").Process(target=time.sleep, args=(60,), daemon=True)
    other.start()

    def fail() -> None:
        with helper() as aside:
            aside.submit(os.getpid).result()
            raise InputError

    with pytest.raises(InputError):
        fail()
    assert other.is_alive()
    other.kill()
    other.join()


def test_it_does_not_outlive_a_parent_that_was_killed() -> None:
    """Not even one that could do nothing about it."""
    with subprocess.Popen([sys.executable, "-c", LEAVING], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert is_gone(pid, 20)


def test_it_multiplies_on_one_core_and_the_environment_stays() -> None:
    """Unless the user chose a number."""
    with helper() as aside:
        assert "1" == aside.submit(os.getenv, "OMP_NUM_THREADS").result()
        assert "OMP_NUM_THREADS" not in os.environ


def test_a_number_of_cores_that_the_user_chose_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is theirs."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with helper() as aside:
        assert "2" == aside.submit(os.getenv, "OMP_NUM_THREADS").result()
    assert "2" == os.environ["OMP_NUM_THREADS"]
