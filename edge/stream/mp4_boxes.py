"""The boxes of an MP4 or MOV file (ISO/IEC 14496-12), and how long its video track is."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class Box:
    """A box of an MP4 file: its type, and where its content begins and ends."""

    kind: bytes
    start: int
    end: int


_FARTHEST = (1 << 63) - 1  # where a file can be read; sizes of boxes have 64 bits


def boxes_of(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes from an offset to another (ISO/IEC 14496-12, 4.2), as far as the file goes.

    The last one may end behind `end`.
    """
    while start + 8 <= min(end, _FARTHEST):
        file.seek(start)
        head = file.read(8)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head)
        content = start + 8
        if size == 1:
            size, content = int.from_bytes(file.read(8), "big"), start + 16
        size = end - start if size == 0 else size
        if size < content - start or kind == bytes(4):
            return
        yield Box(kind, content, start + size)
        start += size


def video_duration_s(file: BinaryIO, movie: list[Box]) -> float:
    """Duration of the shortest video track, after its edits, in s; 0 without one."""
    timescale = next((_timescale_and_duration(file, box)[0] for box in movie if box.kind == b"mvhd"), 0)
    durations = []
    for track in (box for box in movie if box.kind == b"trak"):
        parts = {box.kind: box for box in boxes_of(file, track.start, track.end)}
        if b"tkhd" in parts and b"mdia" in parts and _is_video(file, parts[b"mdia"]):
            durations.append(_timescale_and_duration(file, parts[b"tkhd"])[1])
    return min(durations, default=0) / timescale if timescale else 0.0


def _timescale_and_duration(file: BinaryIO, box: Box) -> tuple[int, int]:
    """Of a movie's header; a track's header has its duration one field later, and no timescale."""
    file.seek(box.start)
    long = file.read(1) == b"\1"
    file.seek(box.start + (20 if long else 12))
    fields = file.read(16)
    if len(fields) < 16:
        return 0, 0
    timescale = int.from_bytes(fields[:4], "big")
    skipped = 4 if box.kind == b"mvhd" else 8
    return timescale, int.from_bytes(fields[skipped : skipped + (8 if long else 4)], "big")


def _is_video(file: BinaryIO, media: Box) -> bool:
    for box in boxes_of(file, media.start, media.end):
        if box.kind == b"hdlr":
            file.seek(box.start + 8)
            return file.read(4) == b"vide"
    return False
