"""Preprocessing that has a name: what common programs do for the networks that they bring."""

from collections.abc import Mapping
from types import MappingProxyType

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.dialects.stated_fields import IMAGENET_MEAN, IMAGENET_STD
from edgebreed.export.importer.dialects.teachable_machine import PIXELS
from edgebreed.export.importer.dialects.ultralytics_metadata import PREPROCESSING
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels


def _imagenet(resize_to: int, interpolation: Interpolation, rounding: Rounding) -> PartialRecipe:
    """The shorter side is resized, 224 x 224 px are cut from the middle and normalized."""
    return PartialRecipe(
        channels=Channels.RGB,
        scale=1 / 255,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        size=(224, 224),
        resize=ResizeRule.SHORTER_SIDE,
        resize_to=resize_to,
        interpolation=interpolation,
        rounding=rounding,
    )


NAMED: Mapping[str, PartialRecipe] = MappingProxyType(
    {
        "torchvision": _imagenet(256, Interpolation.PIL_BILINEAR, Rounding.TORCHVISION),
        "torchvision-v2": _imagenet(232, Interpolation.PIL_BILINEAR, Rounding.TORCHVISION),
        "paddle": _imagenet(256, Interpolation.CV2_LINEAR, Rounding.NEAREST),
        "keras-tf": PartialRecipe(channels=Channels.RGB, scale=1 / 127.5, mean=(1.0,), std=(1.0,)),
        "keras-caffe": PartialRecipe(
            channels=Channels.BGR, scale=1.0, mean=(103.939, 116.779, 123.68), std=(1.0,)
        ),
        "keras-torch": PartialRecipe(
            channels=Channels.RGB, scale=1 / 255, mean=IMAGENET_MEAN, std=IMAGENET_STD
        ),
        "ultralytics": PREPROCESSING,
        "teachable-machine": PIXELS,
    }
)
"""Recipes by name.

- `torchvision`: `ImageClassification` in `transforms/_presets.py`, with the defaults that the weights
  `IMAGENET1K_V1` of ResNet and most others have (256 px, then 224).
- `torchvision-v2`: the same with `resize_size=232`, as `models/resnet.py` states it for `IMAGENET1K_V2`.
- `paddle`: `deploy/configs/inference_cls.yaml` of PaddleClas, and `ResizeImage` in its preprocessing.
- `keras-tf`, `keras-caffe`, `keras-torch`: the modes of `preprocess_input` in Keras's
  `applications/imagenet_utils.py`: tf for MobileNet, Inception, Xception, NASNet and ResNetV2; caffe for
  VGG and ResNet; torch for DenseNet. How a photo is resized is not said there, so it is not said here.
- `ultralytics`, `teachable-machine`: see the modules of these dialects.
"""
