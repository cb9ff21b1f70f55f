"""What an export may be asked for, and how its record reports it."""

import json
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.manifest import Target
from edgebreed.edge.task import Rejection
from edgebreed.errors import InputError
from edgebreed.export.measured_accuracy import MeasuredAccuracy
from edgebreed.export.mixed_precision import MixedPrecisionResult, SearchStep
from edgebreed.export.parity import ParityReport
from edgebreed.export.recipe import GraphOptions, Recipe
from edgebreed.export.request import ExportConfig, ExportRecord
from edgebreed.train.classification_metrics import measure
from edgebreed.train.delivered import Delivered

FP32, INT8 = (Recipe.from_name(name) for name in ("onnx-fp32", "onnx-int8-arm"))
RUN = Path("runs/x")


def test_a_file_is_named_by_run_and_recipe() -> None:
    """Inside the run, unless asked otherwise; the plot lies beside it."""
    config = ExportConfig(run=RUN, recipe=INT8)
    assert (Path("runs/x/x-int8.onnx"), Path("runs/x/x-int8-layers.png")) == (config.path, config.plot)
    assert (17, None) == (config.opset, ExportConfig(run=RUN, recipe=Recipe.from_name("tflite-fp32")).opset)


def test_the_budget_is_the_recipes_or_the_one_asked_for() -> None:
    """Points become shares."""
    assert 0.005 == ExportConfig(run=RUN, recipe=INT8).budget.drop
    assert 0.02 == ExportConfig(run=RUN, recipe=INT8, max_drop=2).budget.drop


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"calibration": Path("p")}, "--calibration is for --precision int8: leave it out with fp32"),
        (
            {"max_drop": 1.0},
            "--max-drop has nothing to measure: fp32 loses nothing; choose another --precision",
        ),
        ({"debug_layers": True}, "--debug-layers has nothing to measure"),
        ({"unknown_below": "1.5"}, "--unknown-below 1.5: give a score from 0 to 1, or `off`"),
        ({"out": Path("m.tflite")}, r"--out m\.tflite: --format onnx is written as \.onnx"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, object], message: str) -> None:
    """The message says what to do."""
    with pytest.raises(InputError, match=message):
        ExportConfig(run=RUN, recipe=FP32, **options)  # type: ignore[arg-type]  # each is of its field's type


@pytest.mark.parametrize(
    ("recipe", "opset", "message"),
    [
        ("onnx-int8-arm", 12, "--opset 12 with --precision int8: scales per channel need 13 or later"),
        ("onnx-fp32", 0, "--opset 0: give one from 9 to 18"),
        ("onnx-fp32", 7, "--opset 7: give one from 9 to 18"),
        ("onnx-fp32", -1, "--opset -1: give one from 9 to 18"),
        ("onnx-fp32", 21, "--opset 21: give one from 9 to 18"),
        ("tflite-fp32", 0, "--opset is for --format onnx: leave it out with tflite"),
        ("onnx-fp32", 19, "--opset 19: give one from 9 to 18"),
        ("tflite-fp32", 16, "--opset is for --format onnx: leave it out with tflite"),
    ],
)
def test_an_opset_that_would_lose_accuracy_or_mean_nothing_is_refused(
    recipe: str, opset: int, message: str
) -> None:
    """Quantizers would use one scale a tensor without saying so; the converter writes no others."""
    with pytest.raises(InputError, match=message):
        ExportConfig(run=RUN, recipe=Recipe.from_name(recipe), options=GraphOptions(opset))


def test_a_target_is_in_the_name_of_the_recipe_only() -> None:
    """Not in the name of the file."""
    assert Target.ARM is INT8.target
    assert "x-int8.onnx" == ExportConfig(run=RUN, recipe=INT8).path.name


def record(n: int, rejection: Rejection) -> ExportRecord:
    """The record of an int8 export whose one report is for all images."""
    report = ParityReport("valid", n, 1.0, 0.1, 0.9, 0.9)
    return ExportRecord(
        config=ExportConfig(run=RUN, recipe=INT8),
        size=1,
        engine="cpu",
        parity=report,
        search=MixedPrecisionResult(b"model", (SearchStep((), report),)),
        report=report,
        measured=MeasuredAccuracy(
            report,
            measure(np.eye(2, dtype=np.float32), np.array([0, 1]), ("a", "b")),
            Delivered(0.9, 0.1, 0.0, 0.0),
        ),
        golden_error=0.0,
        rejection=rejection,
        unknown="",
        calibration=None,
        layers=(),
        opset=17,
        static_batch=False,
    )


def test_the_record_says_what_too_few_images_cannot_measure() -> None:
    """Beside the budget that the file is held to; all of it is plain JSON."""
    data = json.loads(json.dumps(record(12, Rejection().set_to("0.4")).to_dict()))
    assert 0.005 == data["validation"]["budget"]["drop"]
    assert (
        "12 images: one is 8.3 points; a loss below that cannot be measured"
        == data["validation"]["too_few_images"]
    )
    assert (0.4, "set by hand") == (data["rejection"]["threshold"], data["rejection"]["reason"])
    assert record(500, Rejection()).to_dict()["validation"]["too_few_images"] is None
