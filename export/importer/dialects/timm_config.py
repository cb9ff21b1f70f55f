"""timm: `config.json` with `pretrained_cfg`, or with its keys at the top level as older files have it.

The steps stand in `data/transforms_factory.py` of the package, and what holds where a file is silent in
`data/config.py`.
"""

import math
from typing import Any

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.manifest import MAX_SIDE
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.dialects.stated_fields import (
    CONFIG,
    IMAGENET_MEAN,
    IMAGENET_STD,
    deviations,
    means,
)
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of
from edgebreed.export.importer.pixel_transform import Channels

NAME = "timm"
_INTERPOLATIONS = {
    "nearest": Interpolation.PIL_NEAREST,
    "box": Interpolation.PIL_BOX,
    "bilinear": Interpolation.PIL_BILINEAR,
    "bicubic": Interpolation.PIL_BICUBIC,
    "lanczos": Interpolation.PIL_LANCZOS,
}
_RULES = {"center": ResizeRule.SHORTER_SIDE, "squash": ResizeRule.SQUASH}
"""Without `border`, which fills up with the mean colour."""
_CROP_PCT, _LEAST_CROP_PCT = 0.875, 0.1
_FLAT = {"architecture", "input_size", "mean", "std"}
"""Keys that mark a file with all at the top level."""


def of_config(data: dict[str, Any]) -> PartialRecipe | None:
    """What the file says; None where it is of another program.

    Raises:
        ValueError: a value is not what its key allows.
    """
    whole = JsonFields(data, CONFIG)
    if not whole.has("pretrained_cfg") and not data.keys() >= _FLAT:
        return None
    fields = whole.part("pretrained_cfg") if whole.has("pretrained_cfg") else whole
    depth, height, width = _input_size(fields)
    filter_ = fields.text("interpolation", default="bicubic")
    return PartialRecipe(
        channels=Channels.GRAY if depth == 1 else Channels.RGB,
        scale=1 / 255,
        mean=means(fields, "mean") if fields.has("mean") else IMAGENET_MEAN,
        std=deviations(fields, "std") if fields.has("std") else IMAGENET_STD,
        interpolation=_INTERPOLATIONS.get(filter_),
        labels=_labels(whole) or _labels(fields),
        **_geometry(fields, height, width),
    )


def _input_size(fields: JsonFields) -> list[int]:
    """Channels, height and width."""
    return fields.wholes("input_size", 3, 1, MAX_SIDE) if fields.has("input_size") else [3, 224, 224]


def _geometry(fields: JsonFields, height: int, width: int) -> dict[str, Any]:
    rule = _RULES.get(fields.text("crop_mode", default="center"))
    share = fields.number("crop_pct", _LEAST_CROP_PCT, 1) if fields.has("crop_pct") else _CROP_PCT
    if rule is None or height != width:  # sides that differ are resized to two lengths
        return {"size": (height, width)}
    return {
        "size": (height, width),
        "resize": rule,
        "resize_to": math.floor(height / share),
        "rounding": Rounding.TORCHVISION,
    }


def _labels(fields: JsonFields) -> tuple[str, ...] | None:
    if not fields.has("label_names"):
        return None
    try:
        return labels_of(fields.data["label_names"])
    except ValueError as error:
        raise ValueError(f"label_names: {error}") from error
