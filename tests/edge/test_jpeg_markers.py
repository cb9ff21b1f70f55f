"""Markers of a JPEG."""

from edgebreed.edge.jpeg_markers import (
    MOST_MARKERS,
    START_OF_FRAME,
    START_OF_SCAN,
    jpeg_head,
    jpeg_markers,
    jpeg_size,
)

from .encoded import drawn, encode, oriented


def numbers(data: bytes) -> list[int]:
    """Of the markers in a file."""
    return [marker.number for marker in jpeg_markers(data)]


def test_scans_and_the_frame_are_found() -> None:
    """Ten scans of a progressive JPEG by libjpeg's own script, one of a baseline one."""
    for progressive, scans in ((False, 1), (True, 10)):
        found = numbers(encode(drawn(), "JPEG", progressive=progressive))
        assert scans == found.count(START_OF_SCAN)
        assert 1 == len(START_OF_FRAME & set(found))
        assert (0xD8, 0xD9) == (found[0], found[-1])


def test_a_thumbnail_and_what_follows_the_end_do_not_count() -> None:
    """Neither does a restart marker."""
    exif = oriented(1)
    exif[0x010E] = encode(drawn(), "JPEG").decode("latin-1")
    data = encode(drawn(), "JPEG", exif=exif, restart_marker_blocks=1)
    assert b"\xff\xd0" in data
    assert 1 == numbers(data + data).count(START_OF_SCAN)


def test_it_ends_at_a_wrong_length_and_after_many_markers() -> None:
    """However many there are, and fill bytes before them are skipped."""
    assert [0xD8, 0xFE] == numbers(b"\xff\xd8" + b"\xff" * 9 + b"\xfe\0\1\xff\xda")
    assert MOST_MARKERS == len(numbers(b"\xff\xd8" + b"\xff\xfe\0\2" * (MOST_MARKERS + 9)))


def test_the_size_is_that_of_the_picture_and_stands_before_the_pixels() -> None:
    """Not that of the thumbnail; None where the file ends before it."""
    exif = oriented(1)
    exif[0x010E] = encode(drawn(8, 8), "JPEG").decode("latin-1")
    data = encode(drawn(45, 30), "JPEG", exif=exif)
    head = data[: jpeg_head(data)]
    assert ((30, 45), (30, 45)) == (jpeg_size(data), jpeg_size(head))
    assert data.startswith(b"\xff\xda", len(head))
    assert [None, None] == [jpeg_size(b"\xff\xd8"), jpeg_size(head[: head.rfind(b"\xff\xc0") + 8])]
