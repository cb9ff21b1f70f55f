"""What the container of a video file says of its own length, and whether its end is there.

A frame count alone proves nothing: OpenCV computes it from the length of the longest track and the frame rate
where a container has none, so an ordinary file whose sound is longer, or whose rate varies, seems to lack
frames.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from edgebreed.edge.stream.asf_header import is_asf, is_cut_asf, is_sound_asf
from edgebreed.edge.stream.container_structure import (
    is_cut_matroska,
    is_sound_ogg,
    is_sound_ts,
    is_ts,
    is_whole_flv,
    is_whole_matroska,
    is_whole_ogg,
    is_whole_ts,
)
from edgebreed.edge.stream.gif_blocks import is_gif, is_whole_gif
from edgebreed.edge.stream.mp4_boxes import boxes_of, video_duration_s
from edgebreed.edge.stream.mpeg_ps import is_ps, is_sound_ps, is_whole_ps
from edgebreed.str_enum import StrEnum

_HEAD = 12  # bytes that tell the containers apart
_MP4_BEGINS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # the first is missing in old MOV files
_MARGIN_S = 0.1  # rounding of the durations in a container


class Length(StrEnum):
    """How far the length that a container declares can be trusted."""

    EXACT = "exact"  # of the video track itself: MP4, MOV, AVI
    ESTIMATED = "estimated"  # of the longest track, or computed: Matroska, WebM, FLV
    UNKNOWN = "unknown"  # not declared, or not looked at: MPEG, Ogg, ASF, GIF, fragmented MP4, others


@dataclass(frozen=True)
class Container:
    """What a container declares.

    Attributes:
        length: how far its length can be trusted.
        whole: whether its structure goes on to the end of the file.
        duration_s: duration of the video track, in s; 0 if not declared there.
        cut: whether the file is shorter than it declares.
        sound: whether nothing in its middle is damaged, as far as its structure shows.
    """

    length: Length = Length.UNKNOWN
    whole: bool = True
    duration_s: float = 0.0
    cut: bool = False
    sound: bool = True

    def lacks_end(
        self, played_s: float, expected_s: float, all_counted: bool, interval_s: float = 0.0
    ) -> bool:
        """Whether the end of the video is certainly missing.

        Args:
            played_s: where the last frame that was decoded ends, in s.
            expected_s: length by the file's frame count and rate, in s; 0 if it has none.
            all_counted: whether as many frames were decoded as the file counts.
            interval_s: frame interval by the file's rate, which is part of `played_s`. One longer than the
                video is a damaged one, and says nothing of how far it was played.
        """
        if self.cut and not all_counted:
            return True
        if 0 < self.duration_s < interval_s:
            played_s -= interval_s
        duration_s = self.duration_s or expected_s
        if self.length is Length.UNKNOWN or not duration_s:
            return not self.whole
        reached = all_counted or played_s >= duration_s - _MARGIN_S
        return not reached and (self.length is Length.EXACT or not self.whole)


def read_container(path: Path, all_counted: bool = False) -> Container:
    """Reads the structure of a video file; a container that is not known is taken as whole.

    Args:
        path: the file.
        all_counted: whether as many frames were decoded as it counts. Matroska and FLV are then taken as
            whole, since going through the blocks of a long file takes seconds.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        return _read(file, path.stat().st_size, all_counted)


def _read(file: BinaryIO, size: int, all_counted: bool) -> Container:
    head = file.read(_HEAD)
    if head[4:8] in _MP4_BEGINS:
        return _read_mp4(file, size)
    if head[:4] == b"RIFF" and head[8:] == b"AVI ":
        return Container(Length.EXACT)
    if head.startswith(bytes.fromhex("1a45dfa3")):
        whole = all_counted or is_whole_matroska(file, size)
        return Container(Length.ESTIMATED, whole, cut=is_cut_matroska(file, size))
    if head.startswith(b"FLV"):
        return Container(Length.ESTIMATED, all_counted or is_whole_flv(file, size))
    return _read_undeclared(file, size, head)


def _read_undeclared(file: BinaryIO, size: int, head: bytes) -> Container:
    """A file whose frames nothing counts, so that its structure alone is looked at."""
    if head.startswith(b"OggS"):
        return Container(whole=is_whole_ogg(file, size), sound=is_sound_ogg(file, size))
    if is_asf(head):
        cut = is_cut_asf(file, size)
        return Container(whole=not cut, cut=cut, sound=is_sound_asf(file, size))
    if is_gif(head):
        return Container(whole=is_whole_gif(file))
    if is_ps(head):
        sound = is_sound_ps(file, size)
        return Container(whole=sound or is_whole_ps(file, size), sound=sound)
    if is_ts(file, size):
        return Container(whole=is_whole_ts(file, size), sound=is_sound_ts(file))
    return Container()


def _read_mp4(file: BinaryIO, size: int) -> Container:
    boxes = list(boxes_of(file, 0, size))
    whole = bool(boxes) and boxes[-1].end == size
    movie = next((box for box in boxes if box.kind == b"moov"), None)
    parts = list(boxes_of(file, movie.start, min(movie.end, size))) if movie else []
    if not parts or any(box.kind == b"mvex" for box in parts):  # fragments follow, which declare no length
        return Container(whole=whole)
    duration_s = video_duration_s(file, parts)
    return Container(Length.EXACT if duration_s else Length.UNKNOWN, whole or bool(duration_s), duration_s)
