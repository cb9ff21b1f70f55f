"""Formats by content, and JPEGs that are not all there."""

import pytest

from edgebreed.edge.image_format import FORMATS, format_of, is_cut_off

from .encoded import drawn, encode, oriented


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"])
def test_formats_are_told_by_content(kind: str) -> None:
    """Each is a key of the table of suffixes."""
    assert kind in FORMATS
    assert kind == format_of(encode(drawn(), kind))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1"])
def test_heic_is_told_from_avif_by_its_brands(brand: bytes) -> None:
    """Both share a container, and AVIF bears HEIC's general brands beside its own."""
    assert "HEIC" == format_of(b"\0\0\0\x14ftyp" + brand + b"\0\0\0\0miaf")
    assert "AVIF" == format_of(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1avif")


@pytest.mark.parametrize(
    "data", [b"", b"GIF", b"\0\0\0\x14ftypisom\0\0\0\0mp42", b"<svg/>", b"RIFF\0\0\0\0WAVE"]
)
def test_other_content_has_no_format(data: bytes) -> None:
    """Nothing, the start of a signature, a video, text, sound."""
    assert format_of(data) is None


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_whole_when_its_image_ends(progressive: bool) -> None:
    """The end of the thumbnail inside EXIF is none of the image's; bytes behind the end don't matter."""
    exif = oriented(1)
    exif[0x010E] = encode(drawn(), "JPEG").decode("latin-1")
    data = encode(drawn(200, 150), "JPEG", progressive=progressive, exif=exif)
    assert not is_cut_off(data)
    assert not is_cut_off(data + b"motion photo")
    for length in (len(data) - 1, len(data) * 3 // 4, len(data) // 2, 700, 3):
        assert is_cut_off(data[:length])


def test_a_length_that_points_nowhere_ends_the_search() -> None:
    """Also one that points at itself, at fill bytes, or behind the end."""
    for tail in (b"\xff\xe1\0\0", b"\xff" * 9, b"\xff\xe1\xff\xff\xff\xd9", b"\xff\xd9", b""):
        assert is_cut_off(b"\xff\xd8\xff\xe0\0\x04ab" + tail)
