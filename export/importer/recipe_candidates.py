"""The recipes that programs mostly use: what a search tries."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import Channels

Scaling = tuple[float, tuple[float, ...], tuple[float, ...]]
"""Scale, mean and std."""

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLIP_MEAN, CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
CAFFE_MEAN = (103.939, 116.779, 123.68)  # of blue, green and red

_ONE_NUMBER: tuple[Scaling, ...] = (
    (1.0, (0.0,), (1.0,)),  # grey levels as they are
    (1 / 255, (0.0,), (1.0,)),
    (1 / 127.5, (1.0,), (1.0,)),  # -1 to 1
)
_A_CHANNEL: tuple[Scaling, ...] = (
    (1 / 255, IMAGENET_MEAN, IMAGENET_STD),
    (1 / 255, CLIP_MEAN, CLIP_STD),
    (1.0, CAFFE_MEAN, (1.0,)),
    (1.0, (104.0, 117.0, 123.0), (1.0,)),  # the same in whole numbers
)
"""Each also with its numbers in reverse: programs get the order of the channels wrong, and train so."""

_SCALED_TO = (1.0, 256 / 224, 232 / 224, 1 / 0.9, 1 / 0.95)
"""Sides before the middle is cut out, as multiples of the input's."""
_BESIDE_PADDING = (
    Interpolation.CV2_LINEAR,
    Interpolation.PIL_BILINEAR,
    Interpolation.PIL_BICUBIC,
    Interpolation.CV2_AREA,
)
_INTERPOLATIONS = (
    Interpolation.PIL_BILINEAR,
    Interpolation.CV2_LINEAR,
    Interpolation.PIL_BICUBIC,
    Interpolation.CV2_CUBIC,
    Interpolation.CV2_AREA,
    Interpolation.PIL_LANCZOS,
    Interpolation.CV2_LANCZOS,
    Interpolation.PIL_NEAREST,
    Interpolation.CV2_NEAREST,
)
_PADDED = (ResizeRule.LETTERBOX, ResizeRule.TOP_LEFT)
_PADDINGS = (0, 114, 128)
_JPEG_QUALITY = 75  # Pillow's own, which programs that make a JPEG in between leave as it is
_BEFORE_JPEG = (Interpolation.PIL_BILINEAR, Interpolation.PIL_BICUBIC)

PIXEL_FIELDS = ("channels", "scale", "mean", "std")
GEOMETRY_FIELDS = ("resize", "resize_to", "interpolation", "padding", "rounding", "jpeg_quality")
SEARCHED = (*PIXEL_FIELDS, *GEOMETRY_FIELDS)


def pixel_candidates(recipe: ImportRecipe, free: Collection[str]) -> list[ImportRecipe]:
    """The recipe with other channel orders and scalings, itself first.

    Args:
        recipe: to vary.
        free: fields that may change.
    """
    gray = recipe.channels is Channels.GRAY
    orders = (Channels.GRAY,) if gray else (Channels.RGB, Channels.BGR)
    found = {_arithmetic(recipe): recipe}
    for channels, (scale, mean, std) in product(orders, _scalings(gray)):
        varied = _varied(recipe, {"channels": channels, "scale": scale, "mean": mean, "std": std}, free)
        found.setdefault(_arithmetic(varied), varied)
    return list(found.values())


def _arithmetic(recipe: ImportRecipe) -> tuple[object, ...]:
    """The same for scalings that are one, such as 1/255 with mean and std 0.5, and 1/127.5 with mean 1."""
    factors, offsets = (
        np.broadcast_to(values, recipe.channels.depth).round(6).tolist()
        for values in (recipe.pixels.factor, recipe.pixels.offset)
    )
    return recipe.channels, tuple(factors), tuple(offsets)


def _scalings(gray: bool) -> Iterator[Scaling]:
    yield from _ONE_NUMBER
    for scale, mean, std in () if gray else _A_CHANNEL:
        yield scale, mean, std
        yield scale, mean[::-1], std[::-1]


def geometry_candidates(recipe: ImportRecipe, free: Collection[str]) -> list[ImportRecipe]:
    """The recipe with other rules, interpolations and roundings, itself first.

    Args:
        recipe: to vary.
        free: fields that may change.
    """
    found = [recipe]
    for values, interpolation in product(_geometries(recipe.size), _INTERPOLATIONS):
        if values["resize"] in _PADDED and interpolation not in _BESIDE_PADDING:
            continue
        found.append(_varied(recipe, {**values, "interpolation": interpolation}, free))
    usual = (values for values in _geometries(recipe.size) if values["rounding"] is Rounding.NEAREST)
    for values, interpolation in product(usual, _BEFORE_JPEG):
        made = {**values, "interpolation": interpolation, "jpeg_quality": _JPEG_QUALITY}
        found.append(_varied(recipe, made, free))
    return list(dict.fromkeys(found))


def coarse_geometries(recipe: ImportRecipe, free: Collection[str]) -> list[ImportRecipe]:
    """A few of `geometry_candidates`: one of each rule and length, with and without a JPEG in between."""
    return [
        one
        for one in geometry_candidates(recipe, free)
        if one.interpolation in (recipe.interpolation, Interpolation.PIL_BILINEAR)
        and one.rounding in (recipe.rounding, Rounding.NEAREST)
    ]


def _geometries(size: tuple[int, int]) -> Iterator[dict[str, object]]:
    """Rules with what belongs to each; what a rule does not use stays at its default."""
    default: dict[str, object] = {
        "resize_to": None,
        "padding": 114,
        "rounding": Rounding.NEAREST,
        "jpeg_quality": None,
    }
    yield {**default, "resize": ResizeRule.SQUASH}
    lengths = dict.fromkeys(round(max(size) * factor) for factor in _SCALED_TO)
    for length in lengths:
        if length > max(size):
            yield {**default, "resize": ResizeRule.SQUASH, "resize_to": length}
        for rounding in (Rounding.NEAREST, Rounding.FLOOR, Rounding.TORCHVISION):
            rule = ResizeRule.SHORTER_SIDE
            yield {**default, "resize": rule, "resize_to": length, "rounding": rounding}
    for rounding in (Rounding.NEAREST, Rounding.TORCHVISION):
        yield {**default, "resize": ResizeRule.CENTER_CROP, "rounding": rounding}
    for padding, rounding in product(_PADDINGS, (Rounding.NEAREST, Rounding.FLOOR, Rounding.CEIL)):
        for rule in (ResizeRule.LETTERBOX, ResizeRule.TOP_LEFT):
            yield {**default, "resize": rule, "padding": padding, "rounding": rounding}


def _varied(recipe: ImportRecipe, values: dict[str, object], free: Collection[str]) -> ImportRecipe:
    """The recipe with new values in the fields that may change, where they go with the others."""
    changed = {name: value for name, value in values.items() if name in free}
    varied = replace(recipe, **changed)  # type: ignore[arg-type]  # the values are of their fields' types
    return varied if varied.fits() else recipe


def changed_fields(recipe: ImportRecipe, other: ImportRecipe) -> list[str]:
    """The searched fields in which two recipes differ."""
    return [name for name in SEARCHED if getattr(recipe, name) != getattr(other, name)]
