"""Hugging Face: `preprocessor_config.json`, with the steps of an image processor, and `config.json`.

What a step does, and what holds where a file is silent, stands in `models/*/image_processing_*.py` of the
package transformers. A default that differs from processor to processor is not assumed.
"""

from typing import Any

import numpy as np

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.export.importer.dialects.stated_fields import (
    CONFIG,
    PILLOW,
    deviations,
    factor,
    means,
    side,
    size,
)
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

NAME = "Hugging Face"
_OF_A_PROCESSOR = {
    "image_processor_type",
    "feature_extractor_type",
    "image_mean",
    "do_normalize",
    "do_rescale",
}
_BY_SHORTER_SIDE = (
    "CLIP",
    "Bit",
    "ConvNext",
    "Levit",
    "MobileNetV1",
    "MobileNetV2",
    "MobileViT",
    "PoolFormer",
)
_BY_BOTH_SIDES = ("ViT", "DeiT", "Beit", "EfficientNet", "Pvt", "Siglip", "ImageGPT")
"""Image processors by what a `size` of one number means to them."""
_SHARES = {"Levit": 224 / 256, "ConvNext": 224 / 256, "PoolFormer": 0.9}
"""Of the resized shorter side that these cut out of the middle; two of them also read it from `crop_pct`."""
_LEAST_SHARE = 0.1
_SQUASHED_FROM = 384  # px; ConvNeXT cuts nothing off inputs of this size
_PLACEHOLDER = "LABEL_"  # names of a model whose labels were never set


def of_preprocessor(data: dict[str, Any]) -> PartialRecipe | None:
    """What `preprocessor_config.json` says; None where it is of something else than images.

    Raises:
        ValueError: a value is not what its key allows.
    """
    if not _OF_A_PROCESSOR & data.keys():
        return None
    fields = JsonFields(data, CONFIG)
    kind = _kind(fields)
    flipped = fields.flag("do_flip_channel_order", default=False)
    number = fields.optional("resample", lambda key: fields.whole(key, 0, 5))
    return PartialRecipe(
        **_pixels(fields, kind),
        **_geometry(fields, kind),
        channels=Channels.BGR if flipped else Channels.RGB,
        interpolation=None if number is None else PILLOW.get(number),
    )


def of_config(data: dict[str, Any]) -> PartialRecipe | None:
    """What `config.json` says of labels and output; None where it is of something else.

    Raises:
        ValueError: a value is not what its key allows.
    """
    if not {"model_type", "architectures"} & data.keys() or "id2label" not in data:
        return None
    fields = JsonFields(data, CONFIG)
    try:
        labels = labels_of(fields.part("id2label").data)
    except ValueError as error:
        raise ValueError(f"id2label: {error}") from error
    several = fields.text("problem_type", default="") == "multi_label_classification"
    named = not all(label.startswith(_PLACEHOLDER) for label in labels)
    return PartialRecipe(labels=labels if named else None, output=OutputKind.SIGMOID if several else None)


def _kind(fields: JsonFields) -> str:
    """Which image processor it is, such as `ConvNext`."""
    for key in ("image_processor_type", "feature_extractor_type"):
        if fields.has(key):
            return fields.text(key)
    return ""


def _pixels(fields: JsonFields, kind: str) -> dict[str, Any]:
    """Rescaled, moved by one where the file says so, then normalized; EfficientNet divides twice."""
    scale = factor(fields, "rescale_factor") if fields.has("rescale_factor") else 1 / 255
    if not fields.flag("do_rescale", default=True):
        scale = 1.0
    offset = 1.0 if fields.flag("rescale_offset", default=False) else 0.0
    mean: tuple[float, ...]
    std: tuple[float, ...]
    if not fields.flag("do_normalize", default=not kind.startswith("MobileViT")):
        mean, std = (0.0,), (1.0,)
    elif fields.has("image_mean") and fields.has("image_std"):
        mean, std = means(fields, "image_mean"), deviations(fields, "image_std")
    else:
        return {}
    if kind.startswith("EfficientNet") and fields.flag("include_top", default=True):
        again = deviations(fields, "image_std") if fields.has("image_std") else std
        std = tuple(np.multiply(std, again).tolist())
    return {"scale": scale, "mean": tuple(value + offset for value in mean), "std": std}


def _geometry(fields: JsonFields, kind: str) -> dict[str, Any]:
    """How a photo becomes the input; nothing where the steps do not end in one size that is known."""
    if not fields.flag("do_resize", default=True) or fields.flag("do_pad", default=False):
        return {}
    shorter, sides = _target(fields, kind)
    cropped = fields.flag("do_center_crop", default=False) and fields.has("crop_size")
    crop = size(fields, "crop_size") if cropped else None
    if kind.startswith("ConvNext") and shorter is not None:
        crop = (shorter, shorter)
        if shorter >= _SQUASHED_FROM:
            return {"size": crop, "resize": ResizeRule.SQUASH}
    if shorter is not None and crop is not None:
        return _cut(ResizeRule.SHORTER_SIDE, int(shorter / _share(fields, kind)), crop)
    if sides is None or kind.startswith("Perceiver"):  # which cuts first
        return {}
    if crop is None:
        return {"size": sides, "resize": ResizeRule.SQUASH}
    return _cut(ResizeRule.SQUASH, sides[0], crop) if sides[0] == sides[1] else {}


def _target(fields: JsonFields, kind: str) -> tuple[int | None, tuple[int, int] | None]:
    """What is resized: the shorter side to a length, or both sides; None for both where that is not clear."""
    value = fields.data.get("size")
    if isinstance(value, dict):
        part = fields.part("size")
        named = {key for key in value if part.has(key)}
        if named == {"shortest_edge"}:
            return side(part, "shortest_edge"), None
        return None, size(fields, "size") if named == {"height", "width"} else None
    if value is None:
        return None, None
    sides = size(fields, "size")
    if kind.startswith(_BY_SHORTER_SIDE) and sides[0] == sides[1]:
        return sides[0], None
    return None, sides if kind.startswith(_BY_BOTH_SIDES) else None


def _share(fields: JsonFields, kind: str) -> float:
    default = next((share for name, share in _SHARES.items() if kind.startswith(name)), 1.0)
    if default == 1.0 or not fields.has("crop_pct"):
        return default
    return float(fields.number("crop_pct", _LEAST_SHARE, 1))


def _cut(rule: ResizeRule, resize_to: int, crop: tuple[int, int]) -> dict[str, Any]:
    """Nothing where the middle is larger than the photo: these processors fill up with black."""
    if resize_to < max(crop):
        return {}
    return {"size": crop, "resize": rule, "resize_to": resize_to, "rounding": Rounding.FLOOR}
