"""A fit that is cut off and goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgebreed.errors import InputError

from ..conftest import Cli

pytestmark = pytest.mark.keras

OPTIONS = ("--arch", "scratch", "--size", 32, "--epochs", 40, "--json")


def start(data: Path, out: Path, *more: str) -> "subprocess.Popen[str]":
    """A training process."""
    command = [sys.executable, "-m", "edgebreed", "train", "--data", data, "--out", out, *OPTIONS, *more]
    return subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def epochs_done(out: Path) -> int:
    """Whole epochs on disk."""
    path = out / "checkpoint" / "history.csv"
    return max(0, len(path.read_text().splitlines()) - 1) if path.is_file() else 0


def wait_for_epochs(out: Path, count: int) -> None:
    """Until so many epochs are on disk."""
    deadline = time.monotonic() + 300
    while epochs_done(out) < count:
        assert time.monotonic() < deadline, "no epoch was finished in 300 s"
        time.sleep(0.05)


def test_a_killed_run_is_resumed(small_data: Path, tmp_path: Path) -> None:
    """All its epochs are done once, and none of what was learnt is lost."""
    out = tmp_path / "run"
    process = start(small_data, out)
    wait_for_epochs(out, 3)
    process.kill()
    process.communicate()
    before = epochs_done(out)
    assert not (out / "run.json").exists()
    done = start(small_data, out, "--resume")
    printed, errors = done.communicate(timeout=600)
    assert 0 == done.returncode, errors
    history = json.loads((out / "metrics.json").read_text())["history"]["loss"]
    assert 40 == len(history) > before >= 3
    assert history[before] < history[0], "it began anew instead of going on"
    assert json.loads(printed)["run"] == str(out)


def test_ctrl_c_leaves_a_usable_run(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Exit code 130, a model that answers, and a checkpoint to go on from."""
    out = tmp_path / "run"
    process = start(small_data, out)
    wait_for_epochs(out, 2)
    os.kill(process.pid, signal.SIGINT)
    printed, errors = process.communicate(timeout=600)
    assert 130 == process.returncode, errors
    assert json.loads(printed)["interrupted"]
    assert 12 == cli("evaluate", small_data, "--model", out, "--json").json["n"]
    assert (out / "checkpoint").is_dir()


def test_what_cannot_be_resumed_is_told(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Nothing there, or another request."""
    from edgebreed.train.checkpoint import Checkpoint

    arguments = ("train", "--data", small_data, *OPTIONS, "--resume")
    assert "has nothing to resume: leave --resume out" in cli(*arguments, "--out", tmp_path / "none").err
    assert "--resume needs --out" in cli(*arguments).err
    Checkpoint.open(tmp_path, {"epochs": 3}, resume=False)
    with pytest.raises(InputError, match="was begun with epochs 3: ask for the same to resume"):
        Checkpoint.open(tmp_path, {"epochs": 4}, resume=True)
