"""Exported files in OpenVINO Model API and in MediaPipe: the same best classes as in edgebreed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed import Pipeline
from edgebreed.cli import run
from edgebreed.edge.formats import ModelFile, read_model, write_model
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import Stopwatch
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.export.metadata import with_metadata

from ..conftest import SHAPES_64, Cli, colour_manifest
from .environment import run_foreign
from .photos import demo_photos, read, write_photos

pytestmark = [pytest.mark.foreign, pytest.mark.keras]
ONNX, TFLITE = "onnx", "tflite"
RUNTIMES = {ONNX: "model-api", TFLITE: "mediapipe"}
EXPORTS = [
    *((ONNX, precision) for precision in ("fp32", "fp16", "int8", "weight-int8")),
    *((TFLITE, precision) for precision in ("fp32", "fp16", "int8", "dynamic")),
]


@pytest.fixture(scope="module")
def frames(drawings: list[Frame]) -> list[Frame]:
    """Thirty drawings and twenty photos."""
    found = [*drawings, *demo_photos()]
    assert len(found) == 50
    return found


@pytest.fixture(scope="module")
def exported(drawn_run: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    """The run in ONNX and float32."""
    path = tmp_path_factory.mktemp("exported") / "m.onnx"
    assert 0 == run(["export", "--run", str(drawn_run), "--format", ONNX, "--out", str(path)])
    return read_model(path)


def prepared(frame: Frame, model_format: str) -> Frame:
    """What both programs make little of: they skip pixels where a photo shrinks.

    Model API is given photos of at most twice the input's sides, MediaPipe photos of the input's own size.
    """
    side = 2 * SHAPES_64 if model_format == ONNX else SHAPES_64
    spec = InputSpec(min(side, frame.shape[0]), min(side, frame.shape[1]))
    if model_format == TFLITE:
        spec = InputSpec(side, side)
    return to_input(frame, spec)[..., ::-1]


def own_tops(model: Path, photos: Path) -> Iterator[list[object]]:
    """Number and label of the best class of each photo."""
    labels = read_model(model).manifest.labels
    with Pipeline.open(model) as pipeline:
        for photo in sorted(photos.iterdir()):
            best = int(pipeline.classify(read(photo), Stopwatch()).probabilities[0].argmax())
            yield [best, labels[best]]


def assert_same_tops(model: Path, frames: list[Frame], folder: Path, model_format: str) -> None:
    """In the program that opens files of this format."""
    photos = write_photos((prepared(frame, model_format) for frame in frames), folder / "photos")
    found = json.loads(run_foreign("top_classes", RUNTIMES[model_format], model, photos))
    expected = list(own_tops(model, photos))
    assert len(frames) == len(expected)
    assert len({best for best, _ in expected}) > 1
    assert expected == found


@pytest.mark.parametrize(("model_format", "precision"), EXPORTS)
def test_best_classes_are_the_same(
    model_format: str, precision: str, drawn_run: Path, frames: list[Frame], tmp_path: Path, cli: Cli
) -> None:
    """In every precision, of 50 images."""
    path = tmp_path / f"m.{model_format}"
    options = ("--format", model_format, "--precision", precision, "--out", path, "--force")
    outcome = cli("export", "--run", drawn_run, *options)
    assert 0 == outcome.code, outcome.err
    assert_same_tops(path, frames, tmp_path, model_format)


@pytest.mark.parametrize("model_format", [ONNX, TFLITE])
def test_a_second_output_changes_nothing(
    model_format: str, drawn_run: Path, frames: list[Frame], tmp_path: Path
) -> None:
    """The probabilities come first, which both programs take for the answer."""
    path = two_outputs(drawn_run, tmp_path, model_format)
    assert_same_tops(path, frames, tmp_path, model_format)


def two_outputs(folder_of_run: Path, folder: Path, model_format: str) -> Path:
    """A run's model with an in-distribution score, as runs with negatives have it."""
    from edgebreed.export.graph.index import serialized
    from edgebreed.export.keras_export import to_onnx, to_tflite
    from edgebreed.train.keras_setup import keras
    from edgebreed.train.run_record import MODEL, read_record

    model = keras.saving.load_model(folder_of_run / MODEL)
    score = keras.layers.Dense(1, activation="sigmoid")(model.layers[-1].output)
    outputs = {**model.output, "in_distribution": score}
    both = keras.Model(model.input, outputs)
    data = serialized(to_onnx(both, 18)) if model_format == ONNX else to_tflite(both)
    record = read_record(folder_of_run)
    manifest = colour_manifest(
        classes=record.classes,
        labels=record.labels,
        input=record.input,
        rejection=Rejection(RejectionScore.IN_DISTRIBUTION, 0.5, 0.95),
        golden=(),
    )
    path = folder / f"two.{model_format}"
    write_model(path, with_metadata(data, manifest), manifest)
    return path


@pytest.mark.parametrize("rule", [ResizeRule.LETTERBOX, ResizeRule.TOP_LEFT, ResizeRule.CENTER_CROP])
def test_model_api_resizes_by_the_rule(
    rule: ResizeRule, exported: ModelFile, frames: list[Frame], tmp_path: Path
) -> None:
    """Photos that are no squares, bilinear on both sides."""
    spec = replace(exported.manifest.input, resize=rule, interpolation=Interpolation.CV2_LINEAR)
    manifest = replace(exported.manifest, input=spec)
    write_model(tmp_path / "rule.onnx", with_metadata(exported.data, manifest), manifest)
    lying = [frame[: 2 * len(frame) // 3] for frame in frames]
    assert_same_tops(tmp_path / "rule.onnx", lying, tmp_path, ONNX)
