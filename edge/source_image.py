"""An image on its way through the pipeline: as the network needs it, and whole for who asks for more."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import Encoded, Frame, checked_frame, decode, read_encoded
from edgebreed.edge.jpeg_reduction import jpeg_reduction
from edgebreed.edge.preprocess import InputSpec

Image = Frame | Encoded | str | Path
"""A frame `(H, W, 3) uint8 BGR`, an encoded image in bytes, or the path of one."""


@dataclass(frozen=True)
class SourceImage:
    """An image that is loaded for a model.

    Attributes:
        pixels: what the model's input is made from, `(H, W, 3) uint8 BGR`.
        encoded: the JPEG that `pixels` were reduced from; None where they are all there is.
        name: what to call it in an error.
        limits: what it is refused for.
    """

    pixels: Frame
    encoded: bytes | None = None
    name: str = "image"
    limits: ImageLimits = DEFAULT_LIMITS

    @classmethod
    def load(cls, image: Image, spec: InputSpec, limits: ImageLimits = DEFAULT_LIMITS) -> "SourceImage":
        """Loads an image, as much of it as a model's input needs.

        Args:
            image: a frame, encoded bytes or a path.
            spec: the model's input.
            limits: what an encoded image is refused for.

        Raises:
            ImageError: it is no image, or the frame is of another shape or type.
            InputError: the file cannot be read.
        """
        if not isinstance(image, str | Path | Encoded):
            return cls(checked_frame(image))
        name = str(image) if isinstance(image, str | Path) else "image"
        data = read_encoded(Path(image), limits) if isinstance(image, str | Path) else bytes(image)
        size = spec.decoded_size
        pixels = decode(data, name, limits, size)
        reduced = size is not None and jpeg_reduction(data, size) > 1
        return cls(pixels, data if reduced else None, name, limits)

    @cached_property
    def whole(self) -> Frame:
        """All of its pixels, `(H, W, 3) uint8 BGR`, which are decoded when they are first asked for.

        Raises:
            ImageError: there is too little memory for them.
        """
        if self.encoded is None:
            return self.pixels
        return decode(self.encoded, self.name, self.limits)
