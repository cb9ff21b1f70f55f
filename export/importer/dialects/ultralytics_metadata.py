"""Ultralytics: what its exporter writes into `metadata_props`, or into `metadata.json` behind a TFLite model.

Its classifiers take RGB and end in a softmax. How a photo becomes the input stands in `data/augment.py` of
the version that exported it: from 8.0.239 the shorter side is resized by Pillow and the middle cut out;
before, the largest square in the middle is resized by OpenCV. Some versions before 8.0.100 normalized with
ImageNet's mean and deviation, so that nothing is stated of these.
"""

import re
from collections.abc import Mapping
from typing import Any

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.stated_fields import size
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of, literal
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

NAME = "Ultralytics"
BY_PILLOW, WITHOUT_MEAN = (8, 0, 239), (8, 0, 100)
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})")
PREPROCESSING = PartialRecipe(
    channels=Channels.RGB,
    scale=1 / 255,
    mean=(0.0,),
    std=(1.0,),
    resize=ResizeRule.SHORTER_SIDE,
    interpolation=Interpolation.PIL_BILINEAR,
    rounding=Rounding.TORCHVISION,
)
"""From `BY_PILLOW` on, for an input whose sides are equal."""
_BY_OPENCV = {
    "resize": ResizeRule.CENTER_CROP,
    "interpolation": Interpolation.CV2_LINEAR,
    "rounding": Rounding.NEAREST,
}


def of_metadata(metadata: Mapping[str, Any]) -> PartialRecipe | None:
    """What Ultralytics' keys say; None where there are none.

    Args:
        metadata: values as texts, as in ONNX, or as in JSON.

    Raises:
        InputError: the model is no classifier.
        ValueError: a value is not what its key allows.
    """
    if not {"task", "names", "stride"} <= metadata.keys():
        return None
    if metadata["task"] != "classify":
        raise InputError(
            f"the file says task {str(metadata['task'])[:50]!r} of Ultralytics: a classifier is needed, "
            "whose task is 'classify'"
        )
    data = {key: _value(metadata[key]) for key in ("names", "imgsz", "channels") if key in metadata}
    fields = JsonFields(data, NAME)
    gray = fields.whole("channels", 1, 4, default=3) == 1
    stated = {
        **_preprocessing(str(metadata.get("version", "")), fields),
        "channels": Channels.GRAY if gray else Channels.RGB,
        "output": OutputKind.PROBABILITIES,
        "labels": labels_of(data["names"]),
    }
    return PartialRecipe(**stated)


def _value(value: Any) -> Any:
    """A list, dict or number of which a file holds the text that Python prints."""
    if not isinstance(value, str):
        return value
    found = literal(value)
    return value if found is None else found


def _preprocessing(version: str, fields: JsonFields) -> dict[str, Any]:
    """What a version does, as far as that is known."""
    sides = size(fields, "imgsz") if fields.has("imgsz") else None
    stated = {} if sides is None else {"size": sides}
    match = _VERSION.match(version)
    release = tuple(map(int, match.groups())) if match else (0, 0, 0)
    if release < WITHOUT_MEAN:
        return stated
    stated = {**PREPROCESSING.stated(), **stated}
    if release < BY_PILLOW:
        return {**stated, **_BY_OPENCV}
    if sides is not None and sides[0] != sides[1]:
        return {**stated, "resize": ResizeRule.SQUASH}
    return stated
