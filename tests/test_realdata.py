"""The acceptance of the whole way, on real photos."""

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import pytest

from edgebreed import EngineOptions, FaceSearch, Kind, Pipeline
from edgebreed.benchmarks.studies.reduced_decoding import PHONE
from edgebreed.edge.images import find_photos, read_photo
from edgebreed.edge.preprocess import DecodeRule
from edgebreed.errors import ModelFileError

from .conftest import SHARED

pytestmark = pytest.mark.realdata

DOGS, ELSEWHERE, HUMANS, NEITHER = (
    SHARED / "data" / name for name in ("dogs", "dogs_elsewhere", "humans", "neither")
)
SHIPPED = Path(__file__).parent.parent / "edge/models"
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


def test_the_shipped_model_delivers_what_it_recognises() -> None:
    """At most half a point of the test photos is withheld, and the shares sum to 1."""
    dogs = edgebreed("evaluate", DOGS, "--model", SHIPPED / "dogs64.onnx")
    assert (320, True) == (dogs["n"], dogs["top1"] >= 0.95)
    assert dogs["delivered"]["right"] >= dogs["top1"] - 0.005
    assert 1.0 == pytest.approx(sum(dogs["delivered"].values()))


def test_photos_of_a_phones_size_are_answered_as_if_every_pixel_was_decoded() -> None:
    """The shipped model takes them at a quarter of their sides: the labels stay, the probabilities nearly."""
    reduced = Pipeline.open(faces=FaceSearch.NEVER)
    spec = replace(reduced.manifest.input, decode=DecodeRule.FULL)
    whole = Pipeline(reduced.engine, replace(reduced.manifest, input=spec), faces=FaceSearch.NEVER)
    photos = [PHONE.encode(read_photo(path)) for path in find_photos([DOGS / "test"])[::32]]
    pairs = [(reduced.process(photo), whole.process(photo)) for photo in photos]
    assert [one.label for one, _ in pairs] == [other.label for _, other in pairs]
    differences = [abs(one.probability - other.probability) for one, other in pairs]
    assert median(differences) < 0.005
    assert 0 < max(differences) < 0.12  # of an int8 model that is not sure


def test_a_dog_in_a_scene_is_a_dog_and_others_are_not() -> None:
    """Photos of another source, that nobody trained on; two of those without dogs do show some."""
    labels = json.loads((SHIPPED / "dogs64-names.json").read_text())
    with Pipeline.open() as pipeline:
        answers = {
            folder: [*pipeline.process_many(find_photos([folder]))] for folder in (ELSEWHERE, HUMANS, NEITHER)
        }
    kinds = {folder: Counter(result.kind for result in found) for folder, found in answers.items()}
    assert kinds[ELSEWHERE][Kind.KNOWN] >= 39
    assert (0, True) == (kinds[HUMANS][Kind.KNOWN], kinds[HUMANS][Kind.PERSON] >= 38)
    assert kinds[NEITHER][Kind.KNOWN] <= 4
    right = [result for result in answers[ELSEWHERE] if result.label == shown(Path(result.source), labels)]
    assert len(right) >= 16


def shown(path: Path, labels: dict[str, str]) -> str:
    """What a photo in the folder of its class should be called."""
    return labels.get(path.parent.name, path.parent.name)


@pytest.mark.parametrize("engine", ["cpu", "openvino"])
def test_threads_share_a_pipeline_over_dogs_and_people(engine: str) -> None:
    """Eight answer as one does, each photo, faces and all."""
    photos = [*find_photos([DOGS / "test"])[::8], *find_photos([HUMANS])]
    with Pipeline.open(None, EngineOptions(engine), FaceSearch.ALWAYS) as pipeline:
        alone = [replace(result, stages_ms={}) for result in pipeline.process_many(photos)]
        with ThreadPoolExecutor(8) as pool:
            together = [replace(result, stages_ms={}) for result in pool.map(pipeline.process, photos)]
    assert alone == together


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


FAULTS = SHARED / "faults" / "models"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("external-data-in-constant.onnx", "weights in another file are refused"),
        ("external-data-varint.onnx", "weights in another file are refused"),
        ("customop-crash.tflite", "operator 32 is not built into LiteRT"),
    ],
)
def test_a_model_file_that_reaches_out_or_crashes_an_engine_is_refused(name: str, message: str) -> None:
    """In one line, before any engine has seen it."""
    with pytest.raises(ModelFileError, match=rf"{name}: {message}.*: export it with `edgebreed export`$"):
        Pipeline.open(FAULTS / name)


@pytest.mark.parametrize("name", ["tiny.onnx", "tiny-unicode.onnx"])
def test_sound_files_of_the_first_schema_still_run(name: str) -> None:
    """Two classes may bear one label."""
    with Pipeline.open(FAULTS / name) as pipeline:
        assert pipeline.process(np.zeros((96, 96, 3), np.uint8)).summary
