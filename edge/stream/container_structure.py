"""Whether the structure of a video file goes on to its end, by the container's own rules."""

from typing import BinaryIO

_TS_PACKET = 188  # bytes
_OGG_PAGE = 27 + 255 + 255 * 255  # bytes at most
_MOST_ELEMENTS = 1_000_000
_MATROSKA_HEAD = 4096  # bytes in which the segment begins
_TS_CHUNK = 4096 * _TS_PACKET
_EBML = bytes.fromhex("1a45dfa3")
_SEGMENT, _CLUSTER = bytes.fromhex("18538067"), bytes.fromhex("1f43b675")
_ELEMENTS = {
    _EBML,
    *(bytes.fromhex(text) for text in ("1c53bb6b", "114d9b74", "1549a966", "1654ae6b", "1254c367")),
    *(bytes.fromhex(text) for text in ("1043a770", "1941a469", "ec", "bf", "5854")),
    *(bytes.fromhex(text) for text in ("a3", "a0", "e7", "ab", "a7", "af")),
}
"""Of a file, a segment and a cluster (RFC 9559): each is skipped."""


def is_whole_matroska(file: BinaryIO, size: int) -> bool:
    """Whether element follows on element up to the end; segments and clusters may have no size.

    A file of more elements than can be gone through in seconds, some ten hours, is taken as whole.
    """
    position = elements = 0
    while position < size:
        elements += 1
        if elements > _MOST_ELEMENTS:
            return True
        file.seek(position)
        header = file.read(12)
        name_bytes, size_bytes = _vint_length(header[:1]), 0
        name = header[:name_bytes]
        if name_bytes and name in _ELEMENTS | {_SEGMENT, _CLUSTER}:
            size_bytes = _vint_length(header[name_bytes : name_bytes + 1])
        if not size_bytes or len(header) < name_bytes + size_bytes:
            return False
        position += name_bytes + size_bytes
        if name in _ELEMENTS:
            number = int.from_bytes(header[name_bytes : name_bytes + size_bytes], "big")
            position += number & ((1 << 7 * size_bytes) - 1)
    return position == size


def is_cut_matroska(file: BinaryIO, size: int) -> bool:
    """Whether the file is shorter than the size of its segment; a segment that was streamed has none."""
    file.seek(0)
    head = file.read(_MATROSKA_HEAD)
    start = head.find(_SEGMENT) + len(_SEGMENT)
    size_bytes = _vint_length(head[start : start + 1])
    number = int.from_bytes(head[start : start + size_bytes], "big")
    unknown = (1 << 7 * size_bytes) - 1
    if start < len(_SEGMENT) or not size_bytes or number & unknown == unknown:
        return False
    return start + size_bytes + (number & unknown) > size


def _vint_length(first: bytes) -> int:
    """Bytes of a variable-size integer by its first byte: 1 to 8; 0 if it is none."""
    return 9 - first[0].bit_length() if first and first[0] else 0


def is_whole_flv(file: BinaryIO, size: int) -> bool:
    """Whether tag follows on tag, each with its own size behind it."""
    position, tag_bytes = 9, 0  # behind the header, and in place of a tag before the first
    while position + 4 <= size:
        file.seek(position)
        if int.from_bytes(file.read(4), "big") != tag_bytes:
            return False
        position += 4
        if position == size:
            return True
        tag_bytes = 11 + int.from_bytes(file.read(4)[1:], "big")
        position += tag_bytes
    return False


def is_whole_ogg(file: BinaryIO, size: int) -> bool:
    """Whether the last page (RFC 3533) ends where the file does; a reader finds it past damaged ones."""
    start = max(0, size - _OGG_PAGE)
    file.seek(start)
    tail = file.read(_OGG_PAGE)
    page = tail[tail.rfind(b"OggS") :] if b"OggS" in tail else b""
    segments = page[26] if len(page) > 26 else 0
    return len(page) == 27 + segments + sum(page[27 : 27 + segments])


def is_sound_ogg(file: BinaryIO, size: int) -> bool:
    """Whether page follows on page from the begin to the end."""
    position = 0
    while position < size:
        file.seek(position)
        page = file.read(27 + 255)
        if not page.startswith(b"OggS") or len(page) < 27:
            return False
        position += 27 + page[26] + sum(page[27 : 27 + page[26]])
    return position == size


def is_ts(file: BinaryIO, size: int) -> bool:
    """Whether a file is an MPEG transport stream: its packets begin with a G."""
    return size >= _TS_PACKET and _marks(file, range(0, min(size, 5 * _TS_PACKET), _TS_PACKET)) == {b"G"}


def is_whole_ts(file: BinaryIO, size: int) -> bool:
    """Whether the last packet of a transport stream is one, and complete."""
    return size % _TS_PACKET == 0 and _marks(file, range(size - _TS_PACKET, size, _TS_PACKET)) == {b"G"}


def is_sound_ts(file: BinaryIO) -> bool:
    """Whether every packet of a transport stream begins as one."""
    file.seek(0)
    while chunk := file.read(_TS_CHUNK):
        marks = chunk[::_TS_PACKET]
        if marks.count(b"G") < len(marks):
            return False
    return True


def _marks(file: BinaryIO, starts: range) -> set[bytes]:
    marks = set()
    for start in starts:
        file.seek(start)
        marks.add(file.read(1))
    return marks
