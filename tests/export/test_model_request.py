"""What an export of a model file may be asked for."""

from pathlib import Path
from typing import Any

import pytest

from edgebreed.edge.formats import ModelFile
from edgebreed.edge.manifest import Precision
from edgebreed.errors import InputError
from edgebreed.export.model_request import ModelExportConfig
from edgebreed.export.recipe import Recipe

from ..conftest import colour_manifest, colour_model

SOURCE, PHOTOS = Path("models/theirs.onnx"), Path("photos")
INT8, FP16 = (Recipe.from_name(name) for name in ("onnx-int8-arm", "onnx-fp16"))
TFLITE = b"\0\0\0\0TFL3"


def test_a_file_is_named_after_its_original() -> None:
    """And lies beside it; `-fp32` goes."""
    config = ModelExportConfig(source=SOURCE, recipe=INT8, calibration=PHOTOS)
    assert Path("models/theirs-int8.onnx") == config.path
    other = ModelExportConfig(source=Path("x-fp32.onnx"), recipe=INT8, calibration=PHOTOS)
    assert (Path("x-int8.onnx"), Path("x-int8-layers.png")) == (other.path, other.plot)


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        ("onnx-fp32", {"calibration": PHOTOS}, "fp32: the file is fp32 already; choose int8, fp16 or weight"),
        ("tflite-int8", {"calibration": PHOTOS}, "--from is for --format onnx"),
        ("onnx-int8-arm", {"data": PHOTOS}, "int8 needs photos to calibrate on: pass --calibration DIR"),
        ("onnx-fp16", {}, "fp16 needs photos to measure on: pass --calibration DIR, or --data DIR"),
        (
            "onnx-fp16",
            {"data": PHOTOS, "out": SOURCE},
            "the file that --from reads: give another",
        ),
        ("onnx-fp16", {"data": PHOTOS, "out": Path("m.tflite")}, r"is written as \.onnx"),
        ("onnx-fp16", {"data": PHOTOS, "unknown_below": "2"}, "--unknown-below 2: give a score"),
    ],
)
def test_what_does_not_go_together_is_refused(recipe: str, options: dict[str, Any], message: str) -> None:
    """The message says what to do."""
    with pytest.raises(InputError, match=message):
        ModelExportConfig(source=SOURCE, recipe=Recipe.from_name(recipe), **options)


@pytest.mark.parametrize(
    ("data", "precision", "message"),
    [
        (TFLITE, Precision.FP32, "is a TFLite file: --from takes its float original in ONNX"),
        (
            colour_model(),
            Precision.INT8,
            "is in int8: what it lost is gone, so --from takes its fp32 original",
        ),
    ],
)
def test_only_a_float_file_in_onnx_is_taken(data: bytes, precision: Precision, message: str) -> None:
    """From what another precision lost, none can be made."""
    model = ModelFile(SOURCE, data, colour_manifest(precision=precision))
    with pytest.raises(InputError, match=message):
        ModelExportConfig(source=SOURCE, recipe=FP16, calibration=PHOTOS).check(model)
