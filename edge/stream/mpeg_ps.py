"""Whether an MPEG program stream goes on to its end (ISO/IEC 13818-1, 2.5.3, and 11172-1)."""

from typing import BinaryIO

_START = b"\0\0\1"
_PACK = _START + b"\xba"
_END_CODE, _FIRST_PACKET, _FIRST_VIDEO = 0xB9, 0xBB, b"\xe0"
_TAIL = 1 << 20  # bytes in which a pack begins
_MOST_PACKETS = 1_000_000  # are gone through in seconds; of more, only the tail is
_SECTOR = 2048  # bytes that the end may be filled up to


def is_ps(head: bytes) -> bool:
    """Whether a file that begins so is a program stream."""
    return head.startswith(_PACK)


def is_sound_ps(file: BinaryIO, size: int) -> bool:
    """Whether packet follows on packet from the begin to the end."""
    return _goes_on_from(file, 0, size)


def is_whole_ps(file: BinaryIO, size: int) -> bool:
    """Whether its last pack goes on to the end, whatever is missing before."""
    start = max(0, size - _TAIL)
    file.seek(start)
    last = file.read(_TAIL).rfind(_PACK)
    return last >= 0 and _goes_on_from(file, start + last, size)


def _goes_on_from(file: BinaryIO, position: int, size: int) -> bool:
    end, packets = position, 0
    while position < size:
        packets += 1
        file.seek(position)
        head = file.read(14)
        unlimited = head.startswith(_START) and head[3:4] >= _FIRST_VIDEO and head[4:6] == b"\0\0"
        if unlimited or packets > _MOST_PACKETS:  # some cameras write packets without a length
            return True
        length = _length(head)
        skipped = length or _zeros(head + file.read(_SECTOR))
        if not skipped:
            return False
        position += skipped
        end = position if length else end
    return end <= size <= position and size - end <= _SECTOR


def _zeros(data: bytes) -> int:
    """How many zeros, which fill sectors, stand before a start code or at the end of what was read."""
    following = data.lstrip(b"\0")
    count = len(data) - len(following)
    return max(0, count - 2) if following else count


def _length(head: bytes) -> int:
    """Bytes of what begins so; 0 if it is nothing that a program stream consists of."""
    if len(head) < 4 or not head.startswith(_START):
        return 0
    if head.startswith(_PACK):
        if head[4:5] and head[4] >> 4 == 2:  # MPEG-1
            return 12
        return 14 + (head[13] & 7) if len(head) == 14 else 0
    if head[3] == _END_CODE:
        return 4
    return 6 + int.from_bytes(head[4:6], "big") if head[3] >= _FIRST_PACKET and len(head) >= 6 else 0
