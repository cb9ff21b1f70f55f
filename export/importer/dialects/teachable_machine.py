"""Teachable Machine: its exports lie beside `labels.txt`, or `metadata.json` where they are for the browser.

Keras and TFLite models come with a program that cuts the largest square out of the middle (`ImageOps.fit`),
resizes it by Pillow's Lanczos filter and scales to -1..1; quantized models take grey levels as they are.
Where a photo's sides differ by an odd number of pixels, `ImageOps.fit` cuts half a pixel beside edgebreed's
square: https://github.com/googlecreativelab/teachablemachine-community
"""

from pathlib import Path
from typing import Any

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.edge.text import read_text
from edgebreed.export.importer.dialects.stated_fields import CONFIG, size
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of, numbered_labels
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

NAME = "Teachable Machine"
LABELS = "labels.txt"
PIXELS = PartialRecipe(
    channels=Channels.RGB,
    scale=1 / 127.5,
    mean=(1.0,),
    std=(1.0,),
    resize=ResizeRule.CENTER_CROP,
    interpolation=Interpolation.PIL_LANCZOS,
    rounding=Rounding.NEAREST,
    output=OutputKind.PROBABILITIES,
)
_EXPORTS = {"keras_model.h5", "model.savedmodel", "model_unquant.tflite", "model.tflite"}
"""Names of the exported files, in small letters."""
_PACKAGE = "@teachablemachine/image"


def of_metadata(data: dict[str, Any]) -> PartialRecipe | None:
    """What `metadata.json` says; None where it is of another program.

    Raises:
        ValueError: a value is not what its key allows.
    """
    if data.get("packageName") != _PACKAGE:
        return None
    fields = JsonFields(data, CONFIG)
    labels = labels_of(data["labels"]) if fields.has("labels") else None
    sides = size(fields, "imageSize") if fields.has("imageSize") else None
    return PartialRecipe(**{**PIXELS.stated(), "size": sides, "labels": labels})


def of_labels_beside(model: Path) -> PartialRecipe | None:
    """What the labels beside an export say; None where the model's name or the labels are another program's.

    Raises:
        InputError: the labels cannot be read.
        ValueError: something in them is no label.
    """
    beside = model.parent / LABELS
    if model.name.lower() not in _EXPORTS or not beside.is_file():
        return None
    labels = numbered_labels(read_text(beside, str(beside)))
    return None if labels is None else PartialRecipe(**{**PIXELS.stated(), "labels": labels})
