"""Sizes of AVIF pictures."""

from edgebreed.edge.avif_header import avif_boxes, avif_size

from .bombs import avif, changed
from .encoded import drawn, encode, oriented


def test_container_and_streams_tell_the_size() -> None:
    """Opacity is a stream of its own; EXIF is none."""
    faded = drawn()
    faded.putalpha(99)
    for picture, streams in ((drawn(), 1), (faded, 2)):
        data = encode(picture, "AVIF", exif=oriented(6))
        assert (45, 30, 45 * 30 * streams) == avif_size(data)
    assert (9000, 8000, 45 * 30) == avif_size(avif(9000, 8000))


def test_a_file_that_hides_its_streams_has_no_size() -> None:
    """Its places point nowhere, a box has another name, or it ends early."""
    data = encode(drawn(), "AVIF")
    place = data[data.index(b"iloc") :][:30]
    assert avif_size(changed(data, place, place[:16] + b"\xff\xff" + place[18:])) is None
    for box in (b"meta", b"iprp", b"ispe", b"iinf", b"iloc", b"av01Color"):
        assert avif_size(changed(data, box, b"free" + box[4:])) is None, box
    assert all(avif_size(data[:length]) is None for length in range(250))


def test_boxes_end_at_one_that_is_damaged() -> None:
    """Sizes of 64 bits and up to the end are read; one that is too small or too large ends the search."""
    plain, wide, last = b"\0\0\0\x09aaaa.", b"\0\0\0\1bbbb" + bytes(7) + b"\x11.", b"\0\0\0\0cccc..."
    assert [b"aaaa", b"bbbb", b"cccc"] == [box.name for box in avif_boxes(plain + wide + last)]
    for damaged in (b"\0\0\0\x07dddd", b"\0\0\0\x99dddd", b"\0\0"):
        assert [b"aaaa"] == [box.name for box in avif_boxes(plain + damaged)]
