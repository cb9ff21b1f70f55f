"""What lies beside the exports of Teachable Machine."""

from pathlib import Path
from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.dialects.teachable_machine import PIXELS, of_labels_beside, of_metadata

METADATA = {
    "tfjsVersion": "1.3.1",
    "tmVersion": "2.4.7",
    "packageVersion": "0.8.4-alpha2",
    "packageName": "@teachablemachine/image",
    "timeStamp": "2024-10-23T18:16:40.920Z",
    "userMetadata": {},
    "modelName": "tm-my-image-model",
    "labels": ["Class 1", "Class 2"],
    "imageSize": 224,
}


def beside(folder: Path, name: str, labels: str = "0 Class 1\n1 Class 2\n") -> Path:
    """A model's path, with labels beside it."""
    (folder / "labels.txt").write_text(labels)
    return folder / name


def test_the_largest_square_is_scaled_to_both_sides_of_zero() -> None:
    """As the program that comes with a Keras export does it."""
    assert (ResizeRule.CENTER_CROP, Interpolation.PIL_LANCZOS) == (PIXELS.resize, PIXELS.interpolation)
    assert (1 / 127.5, (1.0,), (1.0,)) == (PIXELS.scale, PIXELS.mean, PIXELS.std)


def test_metadata_of_the_browsers_export() -> None:
    """Labels and size besides."""
    recipe = of_metadata(METADATA)
    assert recipe is not None
    assert {**PIXELS.stated(), "labels": ("Class 1", "Class 2"), "size": (224, 224)} == recipe.stated()


@pytest.mark.parametrize(
    "name", ["keras_model.h5", "keras_Model.h5", "model_unquant.tflite", "model.savedmodel"]
)
def test_labels_beside_an_export(tmp_path: Path, name: str) -> None:
    """Their numbers are left out."""
    recipe = of_labels_beside(beside(tmp_path, name))
    assert recipe is not None
    assert {**PIXELS.stated(), "labels": ("Class 1", "Class 2")} == recipe.stated()


@pytest.mark.parametrize(
    ("name", "labels"), [("model.onnx", "0 a\n1 b"), ("model.tflite", "a\nb"), ("model.tflite", "1 a\n2 b")]
)
def test_other_files_say_nothing(tmp_path: Path, name: str, labels: str) -> None:
    """A model of another name, and labels without numbers from 0."""
    assert of_labels_beside(beside(tmp_path, name, labels)) is None
    assert of_labels_beside(tmp_path / "elsewhere" / "model.tflite") is None


@pytest.mark.parametrize("package", ["@teachablemachine/pose", None, 7])
def test_metadata_of_other_programs_says_nothing(package: Any) -> None:
    """Poses are no images."""
    assert of_metadata({**METADATA, "packageName": package}) is None


@pytest.mark.parametrize(("key", "value"), [("labels", "a"), ("labels", []), ("imageSize", "224")])
def test_a_wrong_value_is_refused(key: str, value: Any) -> None:
    """In one line."""
    with pytest.raises(ValueError, match="allowed"):
        of_metadata({**METADATA, key: value})
