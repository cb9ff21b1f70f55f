"""How long an ASF file (WMV) is by its header, and whether its packets are there (ASF 1.20, 3.2 and 5)."""

from typing import BinaryIO

_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa")
_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_DATA = 50  # bytes of the data object before its packets
_SHORTEST = 100  # bytes of a packet
_BROADCAST = 1  # flag: the sizes are not those of the whole file
_MOST = 65_536  # bytes in which the file properties begin


def is_asf(head: bytes) -> bool:
    """Whether a file that begins so is ASF."""
    return head[:12] == _HEADER


def is_cut_asf(file: BinaryIO, size: int) -> bool:
    """Whether the file is shorter than its header states; one that was streamed states nothing."""
    properties = _properties(file)
    return int.from_bytes(properties[40:48], "little") > size


def is_sound_asf(file: BinaryIO, size: int) -> bool:
    """Whether each data packet begins like the first one; all are of one size.

    Packets that are shorter than any program writes are not gone through.
    """
    properties = _properties(file)
    count, length = (int.from_bytes(properties[part], "little") for part in (slice(56, 64), slice(92, 96)))
    file.seek(16)
    first = int.from_bytes(file.read(8), "little") + _DATA
    begins = set()
    last = min(size, first + count * length) if length >= _SHORTEST else 0
    for start in range(first, last, length or 1):
        file.seek(start)
        begins.add(file.read(1))
    return len(begins) <= 1


def _properties(file: BinaryIO) -> bytes:
    """The file properties; empty where they are not known, or were not when the header was written."""
    file.seek(0)
    head = file.read(_MOST)
    start = head.find(_FILE_PROPERTIES)
    properties = head[start : start + 104] if start >= 0 else b""
    return b"" if len(properties) < 104 or properties[88] & _BROADCAST else properties
