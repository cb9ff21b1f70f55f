"""How a file says that its picture is turned."""

import struct

import numpy as np
import pytest

from edgebreed.edge.orientation import avif_turned, stated_orientation, stated_upright, tiff_tag

from .encoded import bgr, difference, drawn, encode, oriented, upright


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_read_of_every_format(kind: str) -> None:
    """Wherever the format keeps its EXIF."""
    numbers = [stated_orientation(encode(drawn(), kind, exif=oriented(number))) for number in range(1, 9)]
    assert list(range(1, 9)) == numbers
    assert 1 == stated_orientation(encode(drawn(), kind))


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_first_entry_of_a_tag_counts(order: str) -> None:
    """In both byte orders."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = [struct.pack(f"{order}HHIHxx", 0x0112, 3, 1, number) for number in (6, 3)]
    data = head + struct.pack(f"{order}IH", 8, 2) + b"".join(entries)
    assert 6 == tiff_tag(data, 0x0112)
    assert 6 == tiff_tag(b"Exif\0\0" + data, 0x0112, 6)
    assert tiff_tag(data, 0x0113) is None


def test_a_damaged_directory_gives_what_is_left() -> None:
    """Cut off, pointing behind the end, or stating a turn that there is none of."""
    data = encode(drawn(), "JPEG", exif=oriented(6))
    start = data.index(b"MM\0*") if b"MM\0*" in data else data.index(b"II*\0")
    for length in range(start, start + 26):
        assert stated_orientation(data[:length]) in (1, 6)
    assert 1 == stated_orientation(b"II*\0\xff\xff\xff\xff")
    assert 1 == stated_orientation(encode(drawn(), "JPEG", exif=oriented(99)))


def test_a_tiff_can_state_no_turn() -> None:
    """Nothing else of it changes."""
    turned, plain = (encode(drawn(), "TIFF", exif=oriented(number)) for number in (6, 1))
    assert plain == stated_upright(turned) == stated_upright(plain)
    assert b"II*\0" == stated_upright(b"II*\0")


def test_headers_without_end_cost_no_time() -> None:
    """Each of a million points at a directory of 65,535 entries."""
    assert 1 == stated_orientation(b"II*\0\x08\0\0\0" * 1_000_000)


@pytest.mark.parametrize("number", range(1, 9))
def test_avif_is_turned_as_its_container_says(number: int) -> None:
    """OpenCV leaves it as it is stored."""
    data = encode(drawn(), "AVIF", exif=oriented(number))
    assert difference(avif_turned(bgr(drawn()), data), bgr(upright(drawn(), number))) == 0


def test_a_container_that_ends_too_early_turns_nothing() -> None:
    """Its box has a name and no content."""
    picture = np.arange(6).reshape(2, 3)
    assert np.array_equal(picture, avif_turned(picture, b"\0\0\0\x09irot"))
