"""Frame sizes of AV1 streams, which libaom wrote."""

import pytest

from edgebreed.edge.av1_size import av1_frame_size

from .encoded import drawn, encode

DELIMITER = b"\x12\0"


def stream(width: int, height: int, **options: object) -> bytes:
    """The stream of a still picture, or of the first one of an animation."""
    data = encode(drawn(width, height), "AVIF", **options)
    return data[data.index(DELIMITER + b"\x0a", data.index(b"mdat")) :]


@pytest.mark.parametrize("size", [(45, 30), (1, 1), (300, 2)])
def test_stills_and_movies_tell_their_size(size: tuple[int, int]) -> None:
    """The header of a still is shorter."""
    assert size == av1_frame_size(stream(*size))
    assert size == av1_frame_size(stream(*size, save_all=True, append_images=[drawn(*size).rotate(180)]))


def test_units_before_the_header_are_skipped() -> None:
    """A delimiter, and padding of any length; too many of them are not."""
    data, padding = stream(45, 30), b"\x7a\x82\0\1\2"
    assert (45, 30) == av1_frame_size(padding * 3 + data)
    assert av1_frame_size(padding * 40 + data) is None


@pytest.mark.parametrize("data", [b"", DELIMITER, b"\x0a\x0b\0", b"\x0a\xff", b"\x0a\x04\x04\0\0\0"])
def test_streams_that_do_not_tell_have_none(data: bytes) -> None:
    """Nothing, no header, one that ends early, a length without end, one with times."""
    assert av1_frame_size(data) is None
