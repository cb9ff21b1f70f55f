"""Damaged model files and manifests: refused or answered, never a crash, a foreign exception, a long run."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgebreed.edge.formats import write_model

from ..conftest import ROOT, colour_manifest, colour_model
from ..export.tflite_models import small_tflite
from .tally import Tally, within_limits

MUTANTS = Path(__file__).with_name("model_mutants.py")
BATCH = 100
NAMES = {"flip": "one flipped bit", "model": "models", "graph": "graphs", "manifest": "manifests"}
GOOD = {"refused", "answered"}


@pytest.fixture(params=["onnx", pytest.param("tflite", marks=pytest.mark.keras)])
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A model file of a format, which every mutant comes from."""
    path = tmp_path / f"sound.{request.param}"
    write_model(path, colour_model() if request.param == "onnx" else small_tflite(), colour_manifest())
    return path


def whole(kind: str, total: int) -> list[object]:
    """A small part of a campaign for every run, and the rest in batches for the long one."""
    rest = [pytest.param(kind, first, BATCH, marks=pytest.mark.hostile) for first in range(30, total, BATCH)]
    return [(kind, 0, 30), *rest]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "first", "count"), [*whole("flip", 2000), *whole("model", 2000), *whole("manifest", 500)]
)
def test_a_damaged_file_is_refused_or_answered(
    sound: Path, tmp_path: Path, kind: str, first: int, count: int, tally: Tally
) -> None:
    """In a process of its own; of files with a flipped bit, none is answered."""
    counts = Counter(opened(sound, kind, first, count, tmp_path))
    for outcome, times in counts.items():
        tally.count(f"{NAMES[kind]}, {sound.suffix[1:]}", outcome, times)
    assert set(counts) <= ({"refused"} if kind == "flip" else GOOD), counts


@pytest.mark.keras
@pytest.mark.parametrize(("kind", "first", "count"), whole("graph", 2000))
def test_a_graph_that_computes_nonsense_does_not_end_the_process(
    tmp_path: Path, kind: str, first: int, count: int, tally: Tally
) -> None:
    """Nor takes it long or much memory; LiteRT's kernels trust what they are wired to."""
    path = tmp_path / "sound.tflite"
    write_model(path, small_tflite(), colour_manifest())
    counts = Counter(opened(path, kind, first, count, tmp_path))
    for outcome, times in counts.items():
        tally.count(f"{NAMES[kind]}, tflite", outcome, times)
    assert set(counts) <= GOOD, counts


def opened(sound: Path, kind: str, first: int, count: int, folder: Path) -> Iterator[str]:
    """What became of each mutant in each engine; a child that dies is begun anew."""
    end = first + count
    while first < end:
        command = [sys.executable, str(MUTANTS), str(sound), kind, str(first), str(end - first), str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        results = folder / "results"
        lines = [json.loads(line) for line in results.read_text().splitlines()]
        results.unlink()
        for line in lines:
            if "found" in line:
                yield within_limits(line["found"], line["seconds"], line["bytes"])
        if done.returncode == 0:
            return
        started = [line["number"] for line in lines if "number" in line]
        assert started, done.stderr
        yield f"crash of {kind} {started[-1]}: {done.returncode} {done.stderr[-200:]}"
        first = started[-1] + 1
