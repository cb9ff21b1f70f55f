"""OpenVINO Model API's keys, as its own reader splits them."""

from pathlib import Path

import onnx
import pytest

from edgebreed.edge.formats import read_model, write_model
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.task import Task
from edgebreed.export.model_api_metadata import is_expressible, model_info, with_model_info

from ..conftest import colour_manifest, colour_model


def keys(model: bytes) -> dict[str, str]:
    """What Model API reads: keys of two words, of which the first is `model_info`."""
    pairs = ((entry.key.split(), entry.value) for entry in onnx.load_from_string(model).metadata_props)
    return {words[1]: value for words, value in pairs if words[0] == "model_info"}


def test_a_file_carries_the_keys_and_stays_readable(tmp_path: Path) -> None:
    """Written once more, each key is there once; the digest is over them."""
    manifest = colour_manifest()
    model = with_model_info(with_model_info(colour_model(), manifest), manifest)
    write_model(tmp_path / "m.onnx", model, manifest)
    assert model_info(manifest) == keys((tmp_path / "m.onnx").read_bytes())
    assert len(onnx.load_from_string(model).metadata_props) == len(model_info(manifest))
    assert manifest == read_model(tmp_path / "m.onnx").manifest


def test_labels_are_one_word_each() -> None:
    """Model API splits the list at spaces; a label without letters keeps its place."""
    labels = ("Border  Collie", "Pug", " ")
    assert "Border_Collie Pug _" == model_info(colour_manifest(labels=labels))["labels"]


@pytest.mark.parametrize(
    ("rule", "resize_type"),
    [("squash", "standard"), ("letterbox", "fit_to_window_letterbox"), ("top-left", "fit_to_window")],
)
def test_rules_are_told_in_its_words(rule: str, resize_type: str) -> None:
    """With the grey level of the border, and colours from OpenCV's order to the model's."""
    info = model_info(colour_manifest(input=InputSpec(8, 8, ResizeRule(rule), padding=7)))
    told = (info["resize_type"], info["pad_value"], info["reverse_input_channels"])
    assert (resize_type, "7", "True") == told


@pytest.mark.parametrize(
    "spec",
    [
        InputSpec(8, 8, ResizeRule.SHORTER_SIDE, resize_to=9),
        InputSpec(8, 8, resize_to=9),
        InputSpec(8, 9, ResizeRule.CENTER_CROP),
        InputSpec(8, 8, ResizeRule.CENTER_CROP, interpolation=Interpolation.CV2_CUBIC),
        InputSpec(8, 8, interpolation=Interpolation.PIL_NEAREST),
    ],
)
def test_rules_that_it_lacks_are_not_told(spec: InputSpec) -> None:
    """And keys of another input are taken away."""
    old = with_model_info(colour_model(), colour_manifest())
    assert not is_expressible(spec)
    assert {} == keys(with_model_info(old, colour_manifest(input=spec)))


def test_several_labels_an_image_are_not_told() -> None:
    """Model API takes a sigmoid of what are probabilities already."""
    manifest = colour_manifest(task=Task.of(None, multi_label=True), thresholds=(0.5, 0.5, 0.5))
    assert {} == keys(with_model_info(colour_model(), manifest))
