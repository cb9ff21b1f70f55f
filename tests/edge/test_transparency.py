"""Transparent pictures on white."""

import cv2
import numpy as np
import pytest
from PIL import Image

from edgebreed.edge.images import decode
from edgebreed.edge.transparency import AS_STORED, may_be_transparent

from .encoded import bgr, difference, drawn, encode, oriented, upright

OPACITY = np.repeat(np.array([255, 128, 0], np.uint8), 15)[None].repeat(30, 0)
"""Opaque on the left, half in the middle, transparent on the right."""


def faded() -> Image.Image:
    """The drawn picture with this opacity."""
    return Image.fromarray(np.dstack([np.asarray(drawn()), OPACITY]))


def on_white(picture: Image.Image) -> Image.Image:
    """What Pillow makes of it."""
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("number", [1, 2, 3, 6, 8])
def test_transparent_pixels_become_white_upright(kind: str, number: int) -> None:
    """And half-transparent ones lighter, in every format that has them, however the file is turned."""
    data = encode(faded(), kind, exif=oriented(number))
    assert difference(decode(data), bgr(upright(on_white(faded()), number))) < 1


def test_a_palette_with_opacity_is_laid_on_white() -> None:
    """GIF has one transparent entry, PNG an opacity for each."""
    palette = Image.fromarray((OPACITY // 127).astype(np.uint8), "P")
    palette.putpalette([9, 9, 9, 200, 40, 20, 0, 90, 0] + [0] * 759)
    for kind, transparency in (("GIF", 0), ("PNG", 0), ("PNG", bytes([0, 128, 255]))):
        data = encode(palette, kind, transparency=transparency)
        palette.info["transparency"] = transparency
        assert difference(decode(data), bgr(on_white(palette))) < 1, (kind, transparency)


def test_grey_pictures_have_opacity_too() -> None:
    """As a channel, or as one level that is transparent; of 1 to 16 bits."""
    levels = np.where(OPACITY > 0, 200, 5).astype(np.uint8)
    with_channel = Image.merge("LA", [Image.fromarray(levels), Image.fromarray(OPACITY)])
    assert difference(decode(encode(with_channel, "PNG")), bgr(on_white(with_channel))) < 1
    keyed = decode(encode(Image.fromarray(levels), "PNG", transparency=5))
    assert [[200] * 3, [255] * 3] == [keyed[5, 5].tolist(), keyed[5, 40].tolist()]
    two = Image.fromarray(OPACITY > 0)
    assert (decode(encode(two, "PNG", transparency=0)) == 255).all()
    deep = Image.fromarray(np.where(OPACITY > 0, 30000, 700).astype(np.uint16))
    assert {117, 255} == set(np.unique(decode(encode(deep, "PNG", transparency=700))).tolist())


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_are_laid_on_white(suffix: str) -> None:
    """OpenCV writes them, and straight colours with them."""
    deep = np.dstack([bgr(drawn()), OPACITY]).astype(np.uint16) * 257
    data = cv2.imencode(suffix, deep)[1].tobytes()
    assert difference(decode(data), bgr(on_white(faded()))) < 1


def test_ten_bits_of_avif_are_laid_on_white() -> None:
    """Its opacity ends at 1023."""
    deep = (np.dstack([bgr(drawn()), OPACITY]) / 255 * 1023).round().astype(np.uint16)
    options = [cv2.IMWRITE_AVIF_DEPTH, 10, cv2.IMWRITE_AVIF_QUALITY, 100]
    data = cv2.imencode(".avif", deep, options)[1].tobytes()
    assert difference(decode(data), bgr(on_white(faded()))) < 3


def test_opaque_pictures_stay_as_they_are() -> None:
    """Bit by bit, with a channel of opacity or without."""
    for kind in ("PNG", "WEBP", "TIFF", "BMP"):
        for picture in (drawn(), drawn().convert("RGBA")):
            assert np.array_equal(bgr(drawn()), decode(encode(picture, kind))), kind


def test_samples_that_are_no_opacity_are_ignored() -> None:
    """A TIFF says so of a fourth channel; that of CMYK is ink."""
    for mode in ("RGBX", "CMYK"):
        data = encode(drawn().convert(mode), "TIFF")
        assert difference(decode(data), bgr(drawn())) < 2, mode


def test_files_that_cannot_be_transparent_are_decoded_once() -> None:
    """Such as photos; a second decoding would take as long as the first."""
    kinds = {"JPEG": False, "BMP": False, "PNG": False, "TIFF": False, "GIF": True, "AVIF": False}
    assert kinds == {kind: may_be_transparent(encode(drawn(), kind)) for kind in kinds}
    assert not may_be_transparent(encode(drawn(), "WEBP", lossless=False, exact=False))
    assert all(may_be_transparent(encode(faded(), kind)) for kind in ("PNG", "TIFF", "AVIF", "WEBP"))


def test_the_number_is_opencvs() -> None:
    """It is written out, so that the module is there also where OpenCV does not load."""
    assert cv2.IMREAD_LOAD_GDAL == AS_STORED
