"""What a program does to the pixels of a resized photo for its model, and what the outputs mean."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.str_enum import StrEnum

GREY_WEIGHTS = (19595 / 65536, 38470 / 65536, 7471 / 65536)
"""Of red, green and blue: ITU-R 601 (0.299, 0.587, 0.114) as Pillow's mode L computes it; OpenCV's differ by
1/65536. Sums of grey levels are exact in float32, so that every engine rounds them to the same level."""

_LARGEST = 1e6  # number of a recipe


class Layout(StrEnum):
    """Where the channels stand in a model's own input."""

    NCHW = "nchw"
    NHWC = "nhwc"


class Channels(StrEnum):
    """Which channels a model's own input has, in which order."""

    RGB = "rgb"
    BGR = "bgr"
    GRAY = "gray"

    @property
    def depth(self) -> int:
        """How many there are."""
        return 1 if self is Channels.GRAY else 3


class OutputKind(StrEnum):
    """What a model's own output holds."""

    LOGITS = "logits"  # of one class an image: softmax makes probabilities of them
    PROBABILITIES = "probabilities"
    SIGMOID = "sigmoid"  # logits of labels that hold or not, each for itself: the sigmoid makes probabilities
    LABELS = "label-probabilities"  # of such labels, where the model computes the sigmoid itself

    @property
    def multi_label(self) -> bool:
        """Whether each label holds or not for itself."""
        return self in (OutputKind.SIGMOID, OutputKind.LABELS)


@dataclass(frozen=True)
class PixelTransform:
    """What the original program does to the pixels of a resized photo: `(x * scale - mean) / std`.

    Attributes:
        layout: of the model's own input.
        channels: of it.
        scale: factor of grey levels from 0 to 255.
        mean: after scaling, one for all channels or one for each, in the order of `channels`.
        std: the same.
    """

    layout: Layout = Layout.NCHW
    channels: Channels = Channels.RGB
    scale: float = 1 / 255
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in (1, self.channels.depth):
                raise ValueError(f"{name} of {len(values)} numbers: one, or one for each of {self.channels}")
        if not self.scale or not all(self.std):
            raise ValueError("scale and std must not be 0")
        for value in (self.scale, *self.mean, *self.std):
            if not abs(value) <= _LARGEST:  # nor NaN
                raise ValueError(f"{value:g} in scale, mean or std: numbers up to {_LARGEST:g} are allowed")
        if min(map(abs, (self.scale, *self.std))) < 1 / _LARGEST:
            raise ValueError(f"scale and std must not be below {1 / _LARGEST:g}")

    @property
    def factor(self) -> NDArray[np.float32]:
        """What grey levels are multiplied with, `(1,)` or `(channels,) float32`."""
        return np.asarray(self.scale / np.asarray(self.std), np.float32)

    @property
    def offset(self) -> NDArray[np.float32]:
        """What is added afterwards."""
        return np.asarray(-np.asarray(self.mean) / np.asarray(self.std), np.float32)

    @property
    def is_identity(self) -> bool:
        """Whether grey levels stay as they are."""
        return bool(np.all(self.factor == 1) and np.all(self.offset == 0))

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The model's own input, `float32` in its layout, from images `(N, H, W, 3) uint8 RGB`."""
        pixels = images.astype(np.float32)
        if self.channels is Channels.BGR:
            pixels = pixels[..., ::-1]
        if self.channels is Channels.GRAY:
            # the original program rounds grey to whole levels
            pixels = np.floor(pixels @ np.asarray(GREY_WEIGHTS, np.float32).reshape(3, 1) + np.float32(0.5))
        pixels = pixels * self.factor + self.offset
        return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2) if self.layout is Layout.NCHW else pixels)
