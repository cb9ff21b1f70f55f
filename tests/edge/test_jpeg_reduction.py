"""How far a JPEG may be shrunk while it is decoded."""

import cv2
import numpy as np
import pytest

from edgebreed.edge.jpeg_reduction import COLOUR_FLAGS, jpeg_reduction

from .encoded import drawn, encode, oriented


@pytest.mark.parametrize(
    ("width", "height", "by"),
    [
        (1000, 1000, 8),
        (153, 153, 8),  # 20 px, rounded up as libjpeg does
        (152, 153, 4),
        (153, 152, 4),
        (77, 77, 4),
        (76, 900, 2),
        (39, 39, 2),
        (38, 39, 1),
        (10, 10, 1),
    ],
)
def test_both_sides_keep_what_is_needed(width: int, height: int, by: int) -> None:
    """The largest reduction is taken, and OpenCV then makes the size that was reckoned with."""
    data = encode(drawn(width, height), "JPEG")
    assert by == jpeg_reduction(data, (20, 20))
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), COLOUR_FLAGS[by])
    assert (-(-height // by), -(-width // by), 3) == np.asarray(decoded).shape


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_sides_are_those_of_the_upright_picture(orientation: int) -> None:
    """Four of the eight orientations swap them, which matters to an input that is not square."""
    data = encode(drawn(400, 100), "JPEG", exif=oriented(orientation))
    wide, tall = (8, 2) if orientation < 5 else (2, 8)
    assert (wide, tall) == (jpeg_reduction(data, (13, 50)), jpeg_reduction(data, (50, 13)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_other_formats_are_decoded_whole(kind: str) -> None:
    """Their decoders know no fractions."""
    assert 1 == jpeg_reduction(encode(drawn(400, 400), kind), (20, 20))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0\0\x11\x08\1"])
def test_a_file_without_a_size_is_left_to_the_decoder(data: bytes) -> None:
    """Which refuses it."""
    assert 1 == jpeg_reduction(data, (20, 20))
