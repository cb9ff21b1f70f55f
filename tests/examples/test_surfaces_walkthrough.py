"""From drawn photos to a stream, by one command."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import ROOT

PROGRAM = (sys.executable, str(ROOT / "examples" / "surfaces_walkthrough.py"))


@pytest.mark.long
@pytest.mark.keras
def test_it_goes_the_whole_way(tmp_path: Path) -> None:
    """Every command runs, and the stream has answered each test photo with one of the classes."""
    folder = tmp_path / "surfaces-demo"
    done = subprocess.run((*PROGRAM, str(folder), "--quick"), capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    shown = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("$ edgebreed ")]
    assert ["train", "export", "evaluate", "predict", "stream"] == shown
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    results = [event for event in events if event["event"] == "result"]
    assert 6 == len(results)
    assert {event["label"] for event in results} <= {"brick", "defect", "gravel"}
    assert "answers in the stream: {" in done.stdout
    assert "accuracy is chance" in done.stdout.splitlines()[-1]


def test_what_is_there_stays(tmp_path: Path) -> None:
    """A folder that exists is refused."""
    done = subprocess.run((*PROGRAM, str(tmp_path)), capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert f"{tmp_path} exists: name another" in done.stderr


def test_a_command_that_fails_ends_it(tmp_path: Path) -> None:
    """With that command's own exit code, before the next one."""
    run = runpy.run_path(PROGRAM[1])["run"]
    with pytest.raises(SystemExit, match="^3$"):
        run(tmp_path, [sys.executable, "-c"], "'import sys; sys.exit(3)'")
