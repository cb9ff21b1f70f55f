"""What OpenVINO Model API reads of an ONNX file: how photos are prepared for it, and the labels.

The keys are those of `openvino-model-api` 0.4 (`model_api/models/parameters.py`), in `metadata_props`, each
with the word `model_info` before it. Model API takes photos in OpenCV's order of channels, has fewer rules of
resizing than edgebreed, and knows no answer 'unknown'.
"""

from edgebreed.edge.formats.onnx import metadata_entry, without_metadata
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.resampling import Interpolation

SECTION = "model_info"
_RESIZE_TYPES = {
    ResizeRule.SQUASH: "standard",
    ResizeRule.LETTERBOX: "fit_to_window_letterbox",
    ResizeRule.TOP_LEFT: "fit_to_window",
    ResizeRule.CENTER_CROP: "crop",
}
_CUBIC = (Interpolation.CV2_CUBIC, Interpolation.PIL_BICUBIC)
_NEAREST = (Interpolation.CV2_NEAREST, Interpolation.PIL_NEAREST)


def with_model_info(model: bytes, manifest: Manifest) -> bytes:
    """An ONNX model with Model API's keys, in place of those that are there.

    Without them where Model API cannot prepare a photo as the model needs it, or has several labels an image,
    whose probabilities it takes for logits: it then refuses the file, where it would answer something else.
    """
    model = without_metadata(model, f"{SECTION} ".encode())
    has_words = is_expressible(manifest.input) and not manifest.task.multi_label
    entries = model_info(manifest) if has_words else {}
    return model + b"".join(
        metadata_entry(f"{SECTION} {key}".encode(), value.encode()) for key, value in entries.items()
    )


def is_expressible(spec: InputSpec) -> bool:
    """Whether Model API can prepare a photo so.

    Its nearest pixel is another one than OpenCV's and Pillow's. Its `crop` confuses the sides of an input
    that is no square, and is always bilinear.
    """
    if spec.resize not in _RESIZE_TYPES or spec.resize_to is not None or spec.interpolation in _NEAREST:
        return False
    is_plain = spec.height == spec.width and spec.interpolation not in _CUBIC
    return is_plain or spec.resize is not ResizeRule.CENTER_CROP


def model_info(manifest: Manifest) -> dict[str, str]:
    """The keys and their values; mean and scale are left out, as the graph scales pixels itself."""
    spec = manifest.input
    return {
        "model_type": "Classification",
        # Model API splits labels at spaces
        "labels": " ".join("_".join(label.split()) or "_" for label in manifest.labels),
        "resize_type": _RESIZE_TYPES[spec.resize],
        # bilinear averages no areas where a photo shrinks, and Model API has no filter that does
        "interpolation_mode": "CUBIC" if spec.interpolation in _CUBIC else "LINEAR",
        "pad_value": str(spec.padding),
        "reverse_input_channels": "True",
        "output_raw_scores": "True",
    }
