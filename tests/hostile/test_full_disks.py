"""Commands whose disk is full: at any byte, one line, and nothing half-written."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from edgebreed.edge.files import OUTPUT_MARKER

from ..conftest import ROOT
from ..edge.stream.videos import write_video
from .tally import Tally

pytestmark = [pytest.mark.hostile, pytest.mark.keras]

SMALL = (0, 1, 50, 100, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000)
LARGE = (0, 60, 10_000, 4_000_000, 22_000_000)  # each takes seconds; around mark, log, weights and checkpoint
TRAIN = ("--arch", "scratch", "--size", "32", "--epochs", "1")
STREAM_FILES = {"r.mp4", "e.jsonl"}  # what was recorded stays: it is whole up to where the disk was full

Case = tuple[str, int, list[str]]


def cases(run: Path, data: Path, model: Path, video: Path) -> Iterator[Case]:
    """A name, a limit in bytes and the arguments of each command."""
    photos, network = str(data / "test" / "disc"), ["--model", str(model)]
    outputs = ["--record", "r.mp4", "--events", "e.jsonl"]
    export = ["export", "--run", str(run), "--precision", "fp32", "--format"]
    small = {
        "predict": ["predict", photos, *network, "--save", "s"],
        "detect": ["detect", photos, "--save", "s"],
        "bench": ["bench", *network, "--duration", "0.1", "--csv", "a.csv", "--report", "b.html"],
        "stream": ["stream", "--source", str(video), *network, "--headless", *outputs],
    }
    large = {
        "train": ["train", "--data", str(data), *TRAIN, "--out", "run", "--cache", "cache"],
        "export onnx": [*export, "onnx", "--out", "m.onnx"],
        "export tflite": [*export, "tflite", "--out", "m.tflite"],
        "evaluate": ["evaluate", str(data), "--model", str(run), "--corruptions"],
    }
    for commands, limits in ((small, SMALL), (large, LARGE)):
        for name, arguments in commands.items():
            yield from ((name, limit, arguments) for limit in limits)


def judged(code: int, said: str, folder: Path) -> str:
    """What is wrong with how a command ended; empty if nothing is."""
    lines = [line for line in said.splitlines() if line.startswith("edgebreed: ")]
    if code not in (0, 1, 2) or "Traceback" in said:
        return f"exit {code}: {said[-300:]}"
    if code == 2 and not any("No space left" in line or "File too large" in line for line in lines):
        return f"no reason: {said[-300:]}"
    left = [path for path in folder.rglob("*") if path.is_file() and path.name not in STREAM_FILES]
    half = [path.name for path in left if path.name.startswith(".") and path.name != OUTPUT_MARKER]
    return f"left {half}" if half else ""


def outcomes(folder: Path, wanted: Iterable[Case]) -> Iterator[tuple[str, int, int, str]]:
    """The name, limit and exit code of each case, and what was wrong with it."""
    command, pipe = [sys.executable, "-m", "tests.hostile.full_disk"], subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        for number, (name, limit, arguments) in enumerate(wanted):
            (folder / str(number)).mkdir(parents=True)
            print(json.dumps([limit, str(folder / str(number)), arguments]), file=runner.stdin, flush=True)
            code, said = json.loads(runner.stdout.readline())
            yield name, limit, code, judged(code, said, folder / str(number))
        runner.stdin.close()


def test_a_disk_that_is_full_at_any_byte(
    small_run: Path, small_data: Path, colours: Path, tmp_path: Path, tally: Tally
) -> None:
    """Every command ends as it does elsewhere, or in a line that says what could not be written."""
    video = write_video(tmp_path / "clip.avi", 30)
    counts, faults = Counter[tuple[str, int]](), []
    for name, limit, code, fault in outcomes(
        tmp_path / "disks", cases(small_run, small_data, colours, video)
    ):
        counts[name, code] += 1
        faults += [(name, limit, fault)] if fault else []
        tally.count(f"full disks, {name}", fault or f"exit {code}")
    assert [] == faults
    assert {0, 2} <= {code for _, code in counts}
