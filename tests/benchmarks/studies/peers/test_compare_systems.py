"""The same photos through edgebreed and the plain runtimes."""

import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.studies.peers.compare_systems import SystemRecord, figures, markdown_table
from edgebreed.benchmarks.studies.peers.systems import SubprocessSystem
from edgebreed.train.dataset import LabelledImage

from ....conftest import BLUE, GREEN, RED, plain


@pytest.mark.slow
def test_one_command_prints_one_table(colours: Path, tmp_path: Path) -> None:
    """A row for each system, each right on the same photos."""
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "photos" / name / "1.png"), plain(colour))
    module = "edgebreed.benchmarks.studies.peers.compare_systems"
    command = [sys.executable, "-m", module, "photos", "--model", str(colours)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][2:]
    assert [
        "| edgebreed, with face search",
        "| edgebreed, without it",
        "| plain ONNX Runtime",
        "| plain OpenVINO",
    ] == [row[0] for row in rows]
    assert all("100.0% of 3" == row[5] for row in rows)


def test_accuracy_is_measured_on_classes_that_a_system_knows() -> None:
    """Nothing on all classes for a peer that knows one of two, and no accuracy where labels mean nothing."""
    photos = [LabelledImage(Path("1"), 0), LabelledImage(Path("2"), 1)]
    rows = []
    for labels in ({"Red": "red"}, None):
        system = SubprocessSystem("peer", "model", ["true"], labels)
        system.close()
        rows.append(SystemRecord(system, [5.0, 7.0], {Path("1"): True, Path("2"): False}))
    partial, meaningless = figures(rows, photos, ("red", "green"))
    assert (None, {"top1": 1.0, "n": 1}) == (partial["top1_all"], partial["top1_shared"])
    assert (None, None) == (meaningless["top1_all"], meaningless["top1_shared"])
    assert "| peer | model | 5.0 | 7.0 | 2 | - | 100.0% of 1 |" in markdown_table([partial])
