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

MUTANTS = Path(__file__).with_name("model_mutants.py")
BATCH = 100
MOST_SECONDS = 5.0  # of the processor
MOST_BYTES = 1_000_000_000


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


@pytest.mark.parametrize(
    ("kind", "first", "count"), [*whole("flip", 2000), *whole("model", 2000), *whole("manifest", 500)]
)
def test_a_damaged_file_is_refused_or_answered(
    sound: Path, tmp_path: Path, kind: str, first: int, count: int
) -> None:
    """In a process of its own; of files with a flipped bit, none is answered."""
    found = list(opened(sound, kind, first, count, tmp_path))
    counts = Counter(outcome for outcome, _ in found)
    print(f"{sound.suffix[1:]} {kind} {first}..{first + count}: {dict(counts)}")
    assert set(counts) <= ({"refused"} if kind == "flip" else {"refused", "answered"}), counts
    assert MOST_SECONDS > max(seconds for _, seconds in found)


@pytest.mark.keras
@pytest.mark.parametrize(("kind", "first", "count"), whole("graph", 2000))
def test_a_graph_that_computes_nonsense_does_not_end_the_process(
    tmp_path: Path, kind: str, first: int, count: int
) -> None:
    """Nor takes it long or much memory; LiteRT's kernels trust what they are wired to."""
    path = tmp_path / "sound.tflite"
    write_model(path, small_tflite(), colour_manifest())
    found = list(opened(path, kind, first, count, tmp_path))
    counts = Counter(outcome for outcome, _ in found)
    print(f"tflite {kind} {first}..{first + count}: {dict(counts)}")
    assert set(counts) <= {"refused", "answered"}, counts
    assert MOST_SECONDS > max(seconds for _, seconds in found)


def opened(sound: Path, kind: str, first: int, count: int, folder: Path) -> Iterator[tuple[str, float]]:
    """What became of each mutant, and the processor's time that it took; a child that dies is begun anew."""
    end = first + count
    while first < end:
        command = [sys.executable, str(MUTANTS), str(sound), kind, str(first), str(end - first), str(folder)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        results = folder / "results"
        lines = [json.loads(line) for line in results.read_text().splitlines()]
        results.unlink()
        assert MOST_BYTES > max((line["bytes"] for line in lines if "bytes" in line), default=0)
        yield from ((line["found"], line["seconds"]) for line in lines if "found" in line)
        if done.returncode == 0:
            return
        started = [line["number"] for line in lines if "number" in line]
        assert started, done.stderr
        yield f"crash of {kind} {started[-1]}: {done.returncode} {done.stderr[-200:]}", 0.0
        first = started[-1] + 1
