"""The same photos through edgebreed and the plain runtimes."""

import subprocess
import sys
from pathlib import Path

import cv2

from ....conftest import BLUE, GREEN, RED, ROOT, plain


def test_one_command_prints_one_table(colours: Path, tmp_path: Path) -> None:
    """A row a system, each right on the same photos."""
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "photos" / name / "1.png"), plain(colour))
    command = [
        sys.executable,
        str(ROOT / "benchmarks/studies/peers/compare_systems.py"),
        "photos",
        "--model",
        str(colours),
    ]
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
