"""Exports that are killed at any moment, and run again."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgebreed.edge.formats import read_model

from ..conftest import ROOT
from .tally import Tally
from .test_kills import SIGKILL, Moment

pytestmark = pytest.mark.keras

KILLS = 10  # a format
WRITTEN = Moment("the file is renamed", "os.rename", ".m.")
MOMENTS = (Moment("writing begins", "open", ".m."), Moment("inside writing", "open", ".m.", 2, 1), WRITTEN)


def export(run: Path, out: Path, moment: Moment | None = None) -> "subprocess.Popen[str]":
    """An export of a run, which ends at a moment."""
    prefix = moment.prefix() if moment else [sys.executable, "-m", "edgebreed"]
    options = ["--run", run, "--format", out.suffix[1:], "--out", out, "--json"]
    pipe = subprocess.PIPE
    command = [*prefix, "export", *map(str, options)]
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def finish(run: Path, out: Path) -> bytes:
    """Exports to the end; what every export of a run has alike."""
    process = export(run, out)
    _, errors = process.communicate(timeout=300)
    assert 0 == process.returncode, errors
    assert [out.name] == [path.name for path in out.parent.iterdir()]
    return read_model(out).data


def kill_once(run: Path, out: Path, moment: Moment | None, seconds: float) -> str:
    """Kills an export at a moment, or after so many s; what is there then."""
    process = export(run, out, moment)
    try:
        process.communicate(timeout=300 if moment else seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    if process.returncode == 0:
        return "ended before"
    assert SIGKILL == process.returncode
    if not out.exists():
        return "no file"
    read_model(out)  # a file that is there is whole
    return "a whole file"


@pytest.mark.long
def test_an_export_killed_while_it_writes_leaves_no_half_of_a_file(small_run: Path, tmp_path: Path) -> None:
    """The next one succeeds, and leaves nothing else either."""
    out = tmp_path / "m.onnx"
    assert "no file" == kill_once(small_run, out, WRITTEN, 0)
    finish(small_run, out)


@pytest.mark.hostile
@pytest.mark.parametrize("suffix", [".onnx", ".tflite"])
def test_killed_exports_run_again(small_run: Path, tmp_path: Path, suffix: str, tally: Tally) -> None:
    """At chosen and at random moments: the model is that of an undisturbed export."""
    begun = time.monotonic()
    expected = finish(small_run, tmp_path / "whole" / f"m{suffix}")
    duration, rng = time.monotonic() - begun, random.Random(suffix)
    for number in range(KILLS):
        out = tmp_path / str(number) / f"m{suffix}"
        out.parent.mkdir()
        moment = MOMENTS[number] if number < len(MOMENTS) else None
        found = kill_once(small_run, out, moment, rng.uniform(0.1, 0.95) * duration)
        tally.count(f"kills, export {suffix}", found)
        out.unlink(missing_ok=True)
        assert expected == finish(small_run, out)
