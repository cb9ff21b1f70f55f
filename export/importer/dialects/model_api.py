"""OpenVINO Model API: `metadata_props` whose keys begin with `model_info`, as OTX and Geti write them.

https://github.com/open-edge-platform/model_api holds the keys in `models/parameters.py`, and what they mean
in `adapters/utils.py`: a frame is resized by OpenCV, and becomes (x - mean_values) / scale_values in 0..255.
"""

from collections.abc import Mapping
from typing import Any

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.stated_fields import chosen, deviations, factor, means, side
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

NAME = "OpenVINO Model API"
_PREFIX = "model_info "
_RULES = {
    "standard": ResizeRule.SQUASH,
    "crop": ResizeRule.CENTER_CROP,
    "fit_to_window": ResizeRule.TOP_LEFT,
    "fit_to_window_letterbox": ResizeRule.LETTERBOX,
}
_INTERPOLATIONS = {
    "LINEAR": Interpolation.CV2_LINEAR,
    "CUBIC": Interpolation.CV2_CUBIC,
    "NEAREST": Interpolation.CV2_NEAREST,
    "AREA": Interpolation.CV2_AREA,
}
_ABSENT = ("", "None")  # as Model API writes what is not set
_MOST_TEXT = 1 << 24  # characters of the labels


def of_metadata(metadata: Mapping[str, str]) -> PartialRecipe | None:
    """What Model API's keys say; None where there are none.

    Raises:
        InputError: the model is no classifier.
        ValueError: a value is not what its key allows.
    """
    texts = {
        key.removeprefix(_PREFIX): text
        for key, text in metadata.items()
        if key.startswith(_PREFIX) and text not in _ABSENT
    }
    if not texts:
        return None
    _refuse_others(texts)
    fields = JsonFields({key: _value(key, text) for key, text in texts.items()}, "model_info")
    return PartialRecipe(
        **_pixels(fields),
        **_geometry(fields),
        channels=Channels.RGB if _flag(texts, "reverse_input_channels") else None,
        output=OutputKind.SIGMOID if _flag(texts, "multilabel") else None,
        labels=_labels(texts) if "labels" in texts else None,
    )


def _refuse_others(texts: Mapping[str, str]) -> None:
    kind = texts.get("model_type", "Classification")
    if kind.lower() != "classification":
        raise InputError(f"the file says model_type {kind[:50]!r}: a classifier is needed")
    if _flag(texts, "hierarchical"):
        raise InputError("the file says hierarchical: a classifier with one list of classes is needed")


def _value(key: str, text: str) -> Any:
    """A text as the number, or the list of numbers, that it holds."""
    words = text.split()
    try:
        numbers = [float(word) for word in words[:100]]
    except ValueError:
        return text
    if key in ("mean_values", "scale_values"):
        return numbers
    number = numbers[0] if len(numbers) == 1 else None
    return text if number is None else int(number) if number.is_integer() else number


def _flag(texts: Mapping[str, str], key: str) -> bool:
    return texts.get(key) in ("YES", "True")


def _pixels(fields: JsonFields) -> dict[str, Any]:
    """Of the input; where no key says so, Model API leaves grey levels as they are."""
    if fields.data.get("embedded_processing") in ("YES", "True"):
        return {}
    return {
        "scale": _intensity(fields),
        "mean": means(fields, "mean_values") if fields.has("mean_values") else (0.0,),
        "std": deviations(fields, "scale_values") if fields.has("scale_values") else (1.0,),
    }


def _intensity(fields: JsonFields) -> float:
    """The factor before mean and deviation."""
    mode = fields.text("intensity_mode", default="none")
    if mode not in ("none", "scale_to_unit"):
        raise ValueError(f"model_info intensity_mode is {mode!r}: none or scale_to_unit is allowed")
    if mode == "none":
        return 1.0
    return 1 / (factor(fields, "intensity_max_value") if fields.has("intensity_max_value") else 255.0)


def _geometry(fields: JsonFields) -> dict[str, Any]:
    """How a frame becomes the input; the sizes are those of a model whose own input is open."""
    rule = chosen(fields, "resize_type", _RULES) if fields.has("resize_type") else ResizeRule.SQUASH
    filter_ = "interpolation_mode"
    bilinear = rule is ResizeRule.CENTER_CROP or not fields.has(
        filter_
    )  # cropped frames are always resized so
    stated: dict[str, Any] = {
        "resize": rule,
        "rounding": Rounding.NEAREST,
        "interpolation": Interpolation.CV2_LINEAR if bilinear else chosen(fields, filter_, _INTERPOLATIONS),
    }
    if rule in (ResizeRule.LETTERBOX, ResizeRule.TOP_LEFT):
        padded = rule is ResizeRule.LETTERBOX and fields.has("pad_value")
        stated["padding"] = fields.whole("pad_value", 0, 255) if padded else 0
    if fields.has("orig_height") and fields.has("orig_width"):
        stated["size"] = side(fields, "orig_height"), side(fields, "orig_width")
    return stated


def _labels(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Labels with spaces between them, and underscores for the spaces within."""
    return labels_of(
        [word.replace("_", " ").strip() or word for word in texts["labels"][:_MOST_TEXT].split()]
    )
