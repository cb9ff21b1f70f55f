"""Sizes that image files state."""

import pytest

from edgebreed.edge.image_header import ImageHeader, read_header

from . import bombs
from .encoded import drawn, encode, oriented


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"])
@pytest.mark.parametrize("size", [(45, 30), (1, 300), (257, 2)])
def test_sizes_are_read_of_every_format(kind: str, size: tuple[int, int]) -> None:
    """Of a still, and of an animation where there are any."""
    moving = (
        {"save_all": True, "append_images": [drawn(*size)]} if kind in ("PNG", "WEBP", "GIF", "AVIF") else {}
    )
    for options in ({}, moving):
        header = read_header(encode(drawn(*size), kind, **options))
        assert header is not None
        assert (*size, size[0] * size[1]) == (header.width, header.height, header.pixels)


def test_sizes_are_read_of_every_variant() -> None:
    """WebP of its three kinds, JPEG of two, each turned or not: a header states the size as stored."""
    faded = drawn()
    faded.putalpha(99)
    for data in (
        encode(drawn(), "WEBP", lossless=False),
        encode(drawn(), "WEBP", exif=oriented(6)),
        encode(faded, "WEBP", lossless=False),
        encode(drawn(), "JPEG", exif=oriented(6)),
        encode(drawn(), "JPEG", progressive=True),
    ):
        header = read_header(data)
        assert header is not None
        assert (45, 30) == (header.width, header.height)


def test_what_takes_more_room_counts_more() -> None:
    """Four channels of two bytes, a tile that is larger than the picture, a stream that is."""
    assert [ImageHeader(10, 20, pixels) for pixels in (200, 200, 400, 400, 250_000)] == [
        read_header(data)
        for data in (
            bombs.png(10, 20, 16, 2),
            bombs.tiff(10, 20, bits=16),
            bombs.png(10, 20, 16, 6),
            bombs.tiff(10, 20, bits=16, samples=4),
            bombs.tiff(10, 20, 500),
        )
    ]
    assert ImageHeader(3, 2, 45 * 30) == read_header(bombs.avif(3, 2))


def test_a_height_below_zero_is_one_from_the_top() -> None:
    """As BMP has it; OS/2 wrote a shorter header."""
    assert ImageHeader(30, 20, 600) == read_header(bombs.bmp(30, -20))
    short = b"BM" + bytes(12) + b"\x0c\0\0\0" + b"\x1e\0\x14\0"
    assert ImageHeader(30, 20, 600) == read_header(short)


def test_other_numbers_that_cost_are_counted() -> None:
    """Scans, compressed texts, starts of a dictionary."""
    scans, texts, clears = map(
        read_header, (bombs.many_scans(200), bombs.png(2, 2, tail=bombs.png_texts(20)), bombs.gif(2, 2))
    )
    assert scans
    assert texts
    assert clears
    assert (210, 20, 2) == (scans.scans, texts.texts, clears.clears)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"])
def test_a_file_that_ends_in_its_header_has_none(kind: str) -> None:
    """Wherever it ends."""
    data = encode(drawn(), kind)
    assert [None] * 18 == [read_header(data[:length]) for length in range(18)]


def test_pictures_that_opencv_does_not_make_have_none() -> None:
    """Of no pixels, of samples of 32 bits, of other formats, or of markers without end."""
    endless = b"\xff\xd8" + b"\xff\xfe\0\2" * 100_000 + encode(drawn(), "JPEG")[2:]
    others = (
        bombs.bmp(0, 5),
        bombs.tiff(9, 9, bits=32),
        bombs.unnamed_webp(),
        b"P6 9 9 255 ",
        b"hello",
        b"",
        endless,
    )
    assert [None] * len(others) == [read_header(data) for data in others]
