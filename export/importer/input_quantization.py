"""How a quantized model's own input stands for real values, and what that means for grey levels.

Such an input holds whole numbers q, and its scale and zero point tell the real values: `(q - zero) * scale`
(TFLite quantization specification). The model was trained on the real values, which the original program
computes of grey levels x from 0 to 255: `(x * factor) + offset`. Both together tell what q is for each x.

A model that was trained on -1..1 has mostly a scale of 1/128 and a zero point of 128 (uint8) or 0 (int8), so
that q is x, or x - 128: the quantization undoes the normalization, and programs pass the bytes of a photo as
they are. The scale is never exactly that of the training (1/127.5), so q and x may differ by one level after
rounding; no program rounds anew for that. Where they differ by more, the real values are quantized.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.importer.pixel_transform import PixelTransform

GREY_LEVELS = np.arange(256, dtype=np.float32)
SAME_LEVEL = 1.0  # levels between a quantized input and the bytes that programs pass in its place


@dataclass(frozen=True)
class InputQuantization:
    """A quantized input.

    Attributes:
        dtype: `uint8` or `int8`.
        scale: real value of one step.
        zero_point: which number stands for 0.
    """

    dtype: str
    scale: float
    zero_point: int

    @property
    def lowest(self) -> int:
        """What the first grey level is, where bytes are passed as they are."""
        return int(np.iinfo(self.dtype).min)

    def quantized(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Real values of any shape as the input holds them, in `dtype`."""
        limits = np.iinfo(self.dtype)
        steps = np.round(values / np.float32(self.scale)) + self.zero_point
        return np.asarray(np.clip(steps, limits.min, limits.max), self.dtype)

    def takes_bytes(self, transform: PixelTransform) -> bool:
        """Whether grey levels are the input's numbers as they are; those of int8 begin at -128.

        So it is where the quantization undoes the transform, and where there is no transform: scale 1, mean 0
        and std 1 say of a quantized input that the original program passes bytes.
        """
        if transform.is_identity:
            return True
        real = GREY_LEVELS[:, None] * transform.factor.reshape(-1) + transform.offset.reshape(-1)
        levels = self.quantized(real.astype(np.float32)).astype(np.float32) - self.lowest
        return bool(np.abs(levels - GREY_LEVELS[:, None]).max() <= SAME_LEVEL)
