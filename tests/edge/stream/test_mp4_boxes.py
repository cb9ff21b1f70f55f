"""The boxes of an MP4 file."""

import struct
from io import BytesIO
from pathlib import Path

from edgebreed.edge.stream.mp4_boxes import Box, boxes_of, video_duration_s

from .videos import write_video


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box with its size."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def read(data: bytes) -> list[Box]:
    """The boxes of a file."""
    return list(boxes_of(BytesIO(data), 0, len(data)))


def test_boxes_follow_one_another() -> None:
    """Also with a size of 64 bits, and to the end of the file."""
    long = struct.pack(">I4sQ", 1, b"mdat", 19) + b"abc"
    assert [Box(b"free", 8, 10), Box(b"mdat", 26, 29)] == read(box(b"free", b"hi") + long)
    assert [Box(b"mdat", 8, 11)] == read(struct.pack(">I4s", 0, b"mdat") + b"abc")


def test_sizes_that_no_file_has_end_the_walk() -> None:
    """The next box would begin where no file can be read, and its parent says that it does."""
    far = (1 << 64) - 1
    data = struct.pack(">I4sQ", 1, b"free", far - 100)
    assert [Box(b"free", 16, far - 100)] == list(boxes_of(BytesIO(data), 0, far))


def test_a_box_that_is_cut_ends_behind_the_file() -> None:
    """So that its caller sees it."""
    assert [Box(b"mdat", 8, 108)] == read(box(b"mdat", bytes(100))[:50])


def test_boxes_end_with_the_file() -> None:
    """Where a box that holds others states a size beyond it."""
    data = box(b"free", b"hi") + b"cut"
    assert [Box(b"free", 8, 10)] == list(boxes_of(BytesIO(data), 0, 1000))


def test_what_is_no_box_ends_them() -> None:
    """A size smaller than its own header, or zeros."""
    assert [Box(b"free", 8, 8)] == read(box(b"free") + struct.pack(">I4s", 5, b"mdat"))
    assert [Box(b"free", 8, 8)] == read(box(b"free") + bytes(64))


def test_the_duration_is_that_of_the_video_track(tmp_path: Path) -> None:
    """0 where there is none."""
    data = write_video(tmp_path / "v.mp4", 30).read_bytes()
    for content, expected in ((data, 1.2), (data.replace(b"vide", b"soun"), 0.0)):
        movie = next(box for box in read(content) if box.kind == b"moov")
        file = BytesIO(content)
        assert expected == video_duration_s(file, list(boxes_of(file, movie.start, movie.end)))
