"""Hugging Face's files, as they are published beside models."""

from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.dialects.hugging_face import of_config, of_preprocessor
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

HALF = [0.5, 0.5, 0.5]
VIT: dict[str, Any] = {
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "ViTFeatureExtractor",
    "image_mean": HALF,
    "image_std": HALF,
    "resample": 2,
    "size": 224,
}
NEWER_VIT = {
    **VIT,
    "do_rescale": True,
    "image_processor_type": "ViTImageProcessor",
    "rescale_factor": 0.00392156862745098,
    "size": {"height": 224, "width": 224},
}
CONVNEXT: dict[str, Any] = {
    "crop_pct": 0.875,
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "ConvNextFeatureExtractor",
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "resample": 3,
    "size": 224,
}
CLIP = {
    "do_center_crop": True,
    "do_resize": True,
    "feature_extractor_type": "CLIPFeatureExtractor",
    "crop_size": 224,
    "size": 224,
}
DEIT = {
    "do_center_crop": True,
    "feature_extractor_type": "DeiTFeatureExtractor",
    "crop_size": 224,
    "resample": 3,
    "size": 256,
}
MOBILENET = {
    "do_center_crop": True,
    "image_processor_type": "MobileNetV2ImageProcessor",
    "crop_size": {"height": 224, "width": 224},
    "size": {"shortest_edge": 256},
}
EFFICIENTNET: dict[str, Any] = {
    "crop_size": {"height": 289, "width": 289},
    "do_center_crop": False,
    "do_normalize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_processor_type": "EfficientNetImageProcessor",
    "image_std": [0.47853944, 0.4732864, 0.47434163],
    "include_top": True,
    "resample": 0,
    "rescale_factor": 0.00392156862745098,
    "rescale_offset": False,
    "size": {"height": 224, "width": 224},
}
MOBILEVIT = {
    "do_center_crop": True,
    "do_flip_channel_order": True,
    "feature_extractor_type": "MobileViTFeatureExtractor",
    "crop_size": 256,
    "resample": 2,
    "size": 288,
}
Geometry = tuple[ResizeRule | None, int | None, tuple[int, int] | None]
SHORTER, SQUASH = ResizeRule.SHORTER_SIDE, ResizeRule.SQUASH


def read(data: dict[str, Any]) -> PartialRecipe:
    """What a `preprocessor_config.json` says."""
    recipe = of_preprocessor(data)
    assert recipe is not None
    return recipe


@pytest.mark.parametrize("data", [VIT, NEWER_VIT])
def test_vits_file_old_and_new(data: dict[str, Any]) -> None:
    """Older files do not say that grey levels are divided by 255."""
    assert PartialRecipe(
        channels=Channels.RGB,
        scale=1 / 255,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        size=(224, 224),
        resize=SQUASH,
        interpolation=Interpolation.PIL_BILINEAR,
    ) == read(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CONVNEXT, (SHORTER, 256, (224, 224))),
        ({**CONVNEXT, "size": {"shortest_edge": 224}}, (SHORTER, 256, (224, 224))),
        ({**CONVNEXT, "size": 384}, (SQUASH, None, (384, 384))),
        (CLIP, (SHORTER, 224, (224, 224))),
        (DEIT, (SQUASH, 256, (224, 224))),
        (MOBILENET, (SHORTER, 256, (224, 224))),
        (MOBILEVIT, (SHORTER, 288, (256, 256))),
        (EFFICIENTNET, (SQUASH, None, (224, 224))),
        ({**CLIP, "feature_extractor_type": "LevitFeatureExtractor"}, (SHORTER, 256, (224, 224))),
        ({**CLIP, "image_processor_type": "PoolFormerImageProcessor"}, (SHORTER, 248, (224, 224))),
    ],
)
def test_how_each_processor_resizes(data: dict[str, Any], expected: Geometry) -> None:
    """One number means the shorter side to some, and both sides to others."""
    recipe = read(data)
    assert expected == (recipe.resize, recipe.resize_to, recipe.size)


@pytest.mark.parametrize(
    "changes",
    [
        {"do_resize": False},
        {"feature_extractor_type": "NewFeatureExtractor"},
        {"size": {"shortest_edge": 224}},
        {"size": {"shortest_edge": 800, "longest_edge": 1333}},
        {"size": 224, "do_center_crop": True, "crop_size": 256},
        {"size": None},
        {"do_pad": True},
    ],
)
def test_steps_that_end_in_no_known_size_state_no_rule(changes: dict[str, Any]) -> None:
    """Where a cut is larger than the photo, black is added, which no rule here does."""
    recipe = read({**VIT, **changes})
    assert (None, None, None) == (recipe.resize, recipe.resize_to, recipe.size)


def test_efficientnet_divides_twice() -> None:
    """By the root of ImageNet's deviation each time, and its offset moves the grey levels down by one."""
    recipe = read({**EFFICIENTNET, "rescale_offset": True, "rescale_factor": 1 / 127.5})
    assert recipe.std == pytest.approx((0.229, 0.224, 0.225), abs=1e-6)
    assert recipe.mean == pytest.approx((1.485, 1.456, 1.406))
    assert 1 / 127.5 == recipe.scale


def test_mobilevit_takes_blue_first_and_does_not_normalize() -> None:
    """Its file has no word about the latter."""
    recipe = read(MOBILEVIT)
    assert (Channels.BGR, 1 / 255, (0.0,), (1.0,)) == (recipe.channels, recipe.scale, recipe.mean, recipe.std)


def test_steps_that_are_switched_off() -> None:
    """Neither scaled nor normalized."""
    recipe = read({**VIT, "do_rescale": False, "do_normalize": False})
    assert (1.0, (0.0,), (1.0,)) == (recipe.scale, recipe.mean, recipe.std)


def test_normalization_whose_numbers_are_missing_is_not_guessed() -> None:
    """Each processor has its own defaults."""
    assert (None, None, None) == (read(CLIP).scale, read(CLIP).mean, read(CLIP).std)


def test_hammings_filter_is_not_taken_for_another() -> None:
    """As it is not computed here."""
    assert read({**VIT, "resample": 5}).interpolation is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("image_mean", "0.5", r"config\.image_mean is '0.5'"),
        ("image_std", [0.5, 0, 0.5], r"config\.image_std\[1\] is 0"),
        ("size", {"height": 224, "width": "224"}, r"config\.size\.width is '224'"),
        ("size", 1e9, r"config\.size is 1000000000.0"),
        ("resample", "bilinear", r"config\.resample is 'bilinear'"),
        ("do_normalize", 1, r"config\.do_normalize is 1: true or false"),
        ("rescale_factor", 0, r"config\.rescale_factor is 0"),
        ("feature_extractor_type", 7, r"config\.feature_extractor_type is 7"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(key: str, value: Any, reason: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=reason):
        of_preprocessor({**VIT, key: value})


def test_files_of_other_kinds_say_nothing() -> None:
    """Such as of a tokenizer, or of a network without labels."""
    assert of_preprocessor({"tokenizer_class": "BertTokenizer"}) is None
    assert of_config({"model_type": "vit", "hidden_size": 768}) is None
    assert of_config({"id2label": {"0": "a"}}) is None


def test_labels_and_output_of_a_config() -> None:
    """Several labels an image come as logits of sigmoids."""
    config = {"model_type": "vit", "id2label": {"1": "dusk", "0": "dawn"}}
    assert PartialRecipe(labels=("dawn", "dusk")) == of_config(config)
    several = of_config({**config, "problem_type": "multi_label_classification"})
    assert PartialRecipe(labels=("dawn", "dusk"), output=OutputKind.SIGMOID) == several


def test_labels_that_were_never_set_are_none() -> None:
    """`LABEL_0` is what the package writes by itself."""
    assert PartialRecipe() == of_config({"model_type": "vit", "id2label": {"0": "LABEL_0", "1": "LABEL_1"}})


@pytest.mark.parametrize("labels", [{"0": "a", "5": "b"}, {"0": 1.5}, ["a"], "a"])
def test_wrong_labels_are_refused(labels: Any) -> None:
    """By their key."""
    with pytest.raises(ValueError, match="id2label"):
        of_config({"model_type": "vit", "id2label": labels})
