"""Chunks of a PNG."""

from edgebreed.edge.png_chunks import is_sound_png, png_content, png_head, without_animation

from .bombs import png, png_chunk
from .encoded import drawn, encode


def test_the_head_ends_with_the_first_pixels() -> None:
    """Contents are found before them."""
    data = png(2, 2, head=png_chunk(b"tRNS", b"abc"), tail=png_chunk(b"tEXt", b"later"))
    assert [b"IHDR", b"tRNS", b"IDAT"] == [chunk.name for chunk in png_head(data) or ()]
    assert b"abc" == png_content(data, b"tRNS")
    assert png_content(data, b"tEXt") is None


def test_a_chunk_longer_than_the_file_has_no_head() -> None:
    """OpenCV would make room for 2 GB; neither has a file without pixels, nor one of chunks without end."""
    data = png(2, 2)
    assert png_head(data[:33] + b"\x7f\xff\xff\xff" + data[37:]) is None
    assert png_head(data[:33]) is None
    assert png_head(png(2, 2, head=png_chunk(b"tEXt", b"") * 2000)) is None


def test_a_damaged_or_cut_file_is_not_sound() -> None:
    """What follows the picture is not part of it, and neither is a wrong checksum of what is only told."""
    data = png(2, 2, head=png_chunk(b"tEXt", b"told"))
    pixels = data.index(b"IDAT") + 5
    flipped = data[:pixels] + bytes([data[pixels] ^ 1]) + data[pixels + 1 :]
    assert is_sound_png(data)
    assert is_sound_png(data.replace(b"told", b"tale") + b"motion photo")
    assert not any(is_sound_png(damaged) for damaged in (flipped, data[:-1], data[:-12], data[:8]))


def test_chunks_without_end_are_left_to_the_decoder() -> None:
    """Going through millions of them would take seconds."""
    assert is_sound_png(png(2, 2, tail=png_chunk(b"tEXt", b"") * 100_000)[:-12])


def test_an_animation_loses_all_but_its_first_picture() -> None:
    """What is left is a still picture of the same pixels; a still one stays as it is."""
    still = encode(drawn(), "PNG")
    moving = encode(drawn(), "PNG", save_all=True, append_images=[drawn().rotate(180)] * 5)
    assert still == without_animation(still)
    left = without_animation(moving)
    assert len(left) < len(moving) / 4
    assert not any(name in left for name in (b"acTL", b"fcTL", b"fdAT"))
