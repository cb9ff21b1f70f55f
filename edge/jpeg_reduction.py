"""By how much a JPEG may be shrunk while it is decoded, which skips most of the work."""

import cv2

from edgebreed.edge.image_format import format_of
from edgebreed.edge.jpeg_markers import jpeg_head, jpeg_size
from edgebreed.edge.orientation import stated_orientation

COLOUR_FLAGS = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}
"""How `cv2.imdecode` is asked for a reduction of each side, largest first: libjpeg does it in decoding."""

Size = tuple[int, int]
"""Height and width in px."""

_FIRST_SIDEWAYS = 5  # EXIF orientations from here on swap height and width


def jpeg_reduction(data: bytes, at_least: Size) -> int:
    """The largest reduction that leaves an upright JPEG both sides of `at_least`.

    Args:
        data: an encoded image of any format.
        at_least: height and width in px that the decoded picture must still have.

    Returns:
        8, 4 or 2; 1 where the picture is too small, or no JPEG.
    """
    size = jpeg_size(data) if format_of(data) == "JPEG" else None
    if size is None:
        return 1
    if stated_orientation(data[: jpeg_head(data)]) >= _FIRST_SIDEWAYS:
        size = size[::-1]
    return next((by for by in COLOUR_FLAGS if _suffices(size, at_least, by)), 1)


def _suffices(size: Size, at_least: Size, by: int) -> bool:
    return all(-(-side // by) >= least for side, least in zip(size, at_least, strict=True))
