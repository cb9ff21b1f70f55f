"""The acceptance of the whole way, on real photos."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest

from .conftest import SHARED

pytestmark = pytest.mark.realdata

DOGS, HUMANS, NEITHER = (SHARED / "data" / name for name in ("dogs", "humans", "neither"))
WEIGHTS = SHARED / "weights" / "xception_imagenet_notop.weights.h5"


def edgebreed(*arguments: object) -> Any:
    """A command's JSON, from a process of its own."""
    command = [sys.executable, "-m", "edgebreed", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Xception fitted on all training photos; minutes, most of them features."""
    out = tmp_path_factory.mktemp("real") / "x"
    options = ("--arch", "xception", "--weights", WEIGHTS, "--negatives", NEITHER, "--out", out)
    result = edgebreed("train", "--data", DOGS, *options)
    assert result["test"]["top1"] >= 0.95
    assert (64, 320) == (result["classes"], result["test"]["n"])
    return out


def test_fp32_and_tflite_lose_nothing_and_int8_a_point_at_most(run: Path) -> None:
    """Each in its own runtime, on the test photos."""
    fp32 = edgebreed("export", "--run", run, "--format", "onnx", "--precision", "fp32")
    int8 = edgebreed("export", "--run", run, "--format", "onnx", "--precision", "int8")
    tflite = edgebreed("export", "--run", run, "--format", "tflite", "--precision", "fp32")
    assert fp32["accuracy"]["exported"] >= 0.95
    for record in (fp32, tflite):
        assert 1.0 == record["agreement"]["top1"]
        assert record["agreement"]["max_error"] <= 1e-4
    assert int8["accuracy"]["exported"] >= int8["accuracy"]["float"] - 0.01
    assert int8["bytes"] <= 0.27 * fp32["bytes"]


def test_the_shipped_model_knows_dogs_and_refuses_the_rest() -> None:
    """The kinds on photos of all three, and the accuracy that its manifest claims."""
    dogs = edgebreed("evaluate", DOGS, "--model", Path(__file__).parent.parent / "edge/models/dogs64.onnx")
    assert (320, True) == (dogs["n"], dogs["top1"] >= 0.95)


def test_people_are_found_and_things_are_not() -> None:
    """At least 38 of 40 people, at most 4 of 120 other photos."""
    assert edgebreed("detect", HUMANS)["with_face"] >= 38
    assert edgebreed("detect", NEITHER)["with_face"] <= 4


def test_a_video_of_photos_is_answered(tmp_path: Path) -> None:
    """Each frame, with its age."""
    photos = sorted((DOGS / "test" / "Pug").glob("*.jpg"))
    writer = cv2.VideoWriter(str(tmp_path / "v.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (224, 224))
    for photo in photos:
        writer.write(cv2.imread(str(photo)))  # type: ignore[arg-type]  # each decodes
    writer.release()
    data = edgebreed("stream", "--source", tmp_path / "v.avi", "--headless", "--events", tmp_path / "e.jsonl")
    assert len(photos) == data["frames"]["processed"]
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert [event.get("kind") for event in events].count("known") >= 4
