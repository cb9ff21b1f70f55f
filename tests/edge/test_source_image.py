"""An image as the network needs it, and whole."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.image_limits import ImageLimits
from edgebreed.edge.images import decode
from edgebreed.edge.preprocess import DecodeRule, InputSpec
from edgebreed.edge.source_image import Image, SourceImage
from edgebreed.errors import ImageError

from ..conftest import RED, plain
from .encoded import drawn, encode

SPEC = InputSpec(8, 8, decode=DecodeRule.REDUCED)


def test_a_large_jpeg_is_reduced_and_decoded_whole_when_that_is_asked_for(tmp_path: Path) -> None:
    """From a path or from bytes in any buffer; the file is read once, as it may change."""
    data = encode(drawn(320, 160), "JPEG")
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    images: list[Image] = [path, str(path), data, bytearray(data), memoryview(data)]
    loaded = [SourceImage.load(image, SPEC) for image in images]
    path.unlink()
    for one in loaded:
        assert np.array_equal(decode(data, at_least=(16, 16)), one.pixels)
        assert ((20, 40, 3), (160, 320, 3)) == (one.pixels.shape, one.whole.shape)
        assert one.whole is one.whole


@pytest.mark.parametrize(
    ("image", "spec"),
    [
        (encode(drawn(320, 160), "JPEG"), InputSpec(8, 8)),
        (encode(drawn(30, 30), "JPEG"), SPEC),
        (encode(drawn(320, 160), "PNG"), SPEC),
        (plain(RED, 320, 160), SPEC),
    ],
)
def test_what_is_not_reduced_is_not_decoded_twice(image: Image, spec: InputSpec) -> None:
    """Without the rule, too small, of another format, or a frame."""
    loaded = SourceImage.load(image, spec)
    assert loaded.whole is loaded.pixels
    assert loaded.encoded is None


def test_an_image_that_is_refused_is_named(tmp_path: Path) -> None:
    """By its path; its limits hold for the whole picture, however little of it is decoded."""
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), plain(RED, 1500, 1400))
    with pytest.raises(ImageError, match=r"large\.jpg has 1,500x1,400 pixels"):
        SourceImage.load(path, SPEC, ImageLimits(1))
    with pytest.raises(ImageError, match="image does not decode"):
        SourceImage.load(b"no image", SPEC)
