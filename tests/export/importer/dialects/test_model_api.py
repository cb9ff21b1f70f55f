"""OpenVINO Model API's keys in ONNX metadata."""

import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.model_api import of_metadata
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

OTX = {
    "model_type": "Classification",
    "task_type": "classification",
    "confidence_threshold": "0.5",
    "labels": "tabby_cat great_white_shark",
    "mean_values": "123.675 116.28 103.53",
    "scale_values": "58.395 57.12 57.375",
    "reverse_input_channels": "True",
    "resize_type": "standard",
    "pad_value": "0",
    "multilabel": "False",
    "hierarchical": "False",
    "output_raw_scores": "True",
}
"""As OpenVINO Training Extensions writes them, behind `model_info`."""


def read(**changes: str) -> PartialRecipe:
    """What the keys say, some with other values."""
    recipe = of_metadata({f"model_info {key}": text for key, text in {**OTX, **changes}.items()})
    assert recipe is not None
    return recipe


def test_pixels_and_labels_of_a_classifier() -> None:
    """Mean and deviation are of grey levels up to 255; underscores stand for spaces."""
    recipe = read()
    assert ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375), 1.0) == (
        recipe.mean,
        recipe.std,
        recipe.scale,
    )
    assert (Channels.RGB, None) == (recipe.channels, recipe.output)
    assert ("tabby cat", "great white shark") == recipe.labels


def test_frames_whose_channels_are_not_reversed_say_nothing_of_their_order() -> None:
    """As some programs pass frames of OpenCV, and others RGB."""
    assert read(reverse_input_channels="False").channels is None


def test_without_mean_and_deviation_grey_levels_stay() -> None:
    """That is what Model API does then."""
    recipe = read(mean_values="", scale_values="None")
    assert (1.0, (0.0,), (1.0,)) == (recipe.scale, recipe.mean, recipe.std)


@pytest.mark.parametrize(
    ("rule", "expected", "padding"),
    [
        ("standard", ResizeRule.SQUASH, None),
        ("crop", ResizeRule.CENTER_CROP, None),
        ("fit_to_window", ResizeRule.TOP_LEFT, 0),
        ("fit_to_window_letterbox", ResizeRule.LETTERBOX, 114),
    ],
)
def test_each_way_of_resizing(rule: str, expected: ResizeRule, padding: int | None) -> None:
    """`fit_to_window` fills up with black whatever the grey level."""
    recipe = read(resize_type=rule, pad_value="114")
    assert (expected, padding) == (recipe.resize, recipe.padding)


def test_interpolation_is_opencvs() -> None:
    """Bilinear unless the file says otherwise, and always after a crop."""
    found = [read(), read(interpolation_mode="CUBIC"), read(interpolation_mode="CUBIC", resize_type="crop")]
    expected = [Interpolation.CV2_LINEAR, Interpolation.CV2_CUBIC, Interpolation.CV2_LINEAR]
    assert expected == [recipe.interpolation for recipe in found]


def test_several_labels_an_image_come_as_logits_of_sigmoids() -> None:
    """As Model API computes the sigmoid itself."""
    assert OutputKind.SIGMOID is read(multilabel="True").output


def test_other_fields_that_are_read() -> None:
    """The size before the preprocessing was put into the graph, and the range of grey levels."""
    assert (192, 224) == read(orig_height="192", orig_width="224").size
    assert read(intensity_mode="scale_to_unit").scale == pytest.approx(1 / 255)
    assert read(embedded_processing="YES").scale is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_type": "ssd"}, "model_type 'ssd': a classifier is needed"),
        ({"hierarchical": "True"}, "one list of classes is needed"),
    ],
)
def test_what_is_no_classifier_is_refused(changes: dict[str, str], reason: str) -> None:
    """Detectors, and trees of classes."""
    with pytest.raises(InputError, match=reason):
        read(**changes)


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("mean_values", "1 2 three", "model_info.mean_values"),
        ("scale_values", "0 1 1", "model_info.scale_values"),
        ("resize_type", "stretch", "resize_type is 'stretch': standard, crop"),
        ("orig_height", "-3", "model_info.orig_height is -3"),
        ("intensity_mode", "window", "intensity_mode is 'window': none or scale_to_unit"),
        ("interpolation_mode", "LANCZOS", "LINEAR, CUBIC, NEAREST, AREA are known"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(key: str, text: str, reason: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=reason):
        read(**{"orig_width": "8", key: text})


def test_metadata_of_another_program_says_nothing() -> None:
    """Not even that grey levels stay."""
    assert of_metadata({"labels": "a b", "mean_values": "1"}) is None
