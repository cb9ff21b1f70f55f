"""Fields of a stranger's description of a model, each typed and bounded, as a recipe holds them."""

from collections.abc import Mapping
from typing import TypeVar

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.manifest import MAX_SIDE
from edgebreed.edge.resampling import Interpolation

Value = TypeVar("Value")

CONFIG = "config"  # what errors call the object of a JSON file

LEAST_FACTOR, MOST_FACTOR = 1e-6, 1e6  # of a scale and a deviation
MOST_MEAN = 1e6
MAX_CHANNELS = 4
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue in 0..1; most networks are trained with these."""
PILLOW = {
    0: Interpolation.PIL_NEAREST,
    1: Interpolation.PIL_LANCZOS,
    2: Interpolation.PIL_BILINEAR,
    3: Interpolation.PIL_BICUBIC,
    4: Interpolation.PIL_BOX,
}
"""Pillow's numbers of its filters; 5 is Hamming, which is not computed here."""


def means(fields: JsonFields, key: str) -> tuple[float, ...]:
    """One number, or a list of one for each channel.

    Raises:
        ValueError: it is something else.
    """
    return _numbers(fields, key, -MOST_MEAN, MOST_MEAN)


def deviations(fields: JsonFields, key: str) -> tuple[float, ...]:
    """The same, above 0."""
    return _numbers(fields, key, LEAST_FACTOR, MOST_FACTOR)


def factor(fields: JsonFields, key: str) -> float:
    """A number above 0."""
    return float(fields.number(key, LEAST_FACTOR, MOST_FACTOR))


def side(fields: JsonFields, key: str) -> int:
    """A length in px."""
    return fields.whole(key, 1, MAX_SIDE)


def size(fields: JsonFields, key: str) -> tuple[int, int]:
    """Height and width in px: one number for both, a list of two, or an object with `height` and `width`.

    Raises:
        ValueError: it is something else.
    """
    value = fields.data.get(key)
    if isinstance(value, dict):
        part = fields.part(key)
        return side(part, "height"), side(part, "width")
    if isinstance(value, list | tuple) and fields.has(key):
        height, width = fields.wholes(key, 2, 1, MAX_SIDE)
        return height, width
    return (side(fields, key),) * 2


def chosen(fields: JsonFields, key: str, meanings: Mapping[str, Value]) -> Value:
    """What one of several texts stands for.

    Raises:
        ValueError: it is another text.
    """
    text = fields.text(key)
    if text not in meanings:
        raise ValueError(f"{key} is {text!r}: {', '.join(meanings)} are known")
    return meanings[text]


def _numbers(fields: JsonFields, key: str, least: float, most: float) -> tuple[float, ...]:
    value = fields.data.get(key)
    if isinstance(value, list | tuple):
        found = tuple(map(float, fields.numbers(key, MAX_CHANNELS, least, most)))
    else:
        found = (float(fields.number(key, least, most)),)
    if not found:
        raise ValueError(f"{key} is empty: one number, or one for each channel, is allowed")
    return found
