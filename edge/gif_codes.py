"""How often the dictionary of a GIF's first picture starts anew, without decoding it.

Each start costs a decoder thousands of entries and the file three bits, so that some 100 kB of them take
seconds. A code's width follows from how many codes came since the last start (LZW, GIF89a, appendix F), which
lets the codes of a whole stretch be read at once.
"""

import numpy as np
from numpy.typing import NDArray

_TRAILER, _EXTENSION, _IMAGE = 0x3B, 0x21, 0x2C
_MOST_EXTENSIONS = 1000  # before the first picture; two or three are usual
_MOST_BLOCKS = 1_000_000  # before the first picture's end; 250 MB of them
_MOST_CLEARS = 50_000  # counted; nobody needs to know more
_FULL = 4096  # entries of a dictionary, whose codes have 12 bits
_FIRST_STRETCH, _STRETCH = 32, 4096  # codes


def count_gif_clears(data: bytes) -> int | None:
    """How often, at most 50,000; None where the file ends before its first picture does."""
    try:
        found = _first_picture(data)
    except IndexError:
        return None
    return None if found is None else _count(*found)


def _first_picture(data: bytes) -> tuple[int, bytes] | None:
    """The bits of its smallest codes, and the codes."""
    at = 13 + _colours(data[10])
    for _ in range(_MOST_EXTENSIONS):
        if data[at] != _EXTENSION:
            break
        _, at = _blocks(data, at + 2)
    if data[at] != _IMAGE:
        return None
    at += 10 + _colours(data[at + 9])
    return data[at], _blocks(data, at + 1)[0]


def _colours(flags: int) -> int:
    """Bytes of the table that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """The content of blocks of up to 255 bytes, and where the next thing stands."""
    content = bytearray()
    for _ in range(_MOST_BLOCKS):
        length = data[at]
        if length == 0:
            return bytes(content), at + 1
        content += data[at + 1 : at + 1 + length]
        at += 1 + length
    raise IndexError


def _widths(smallest: int, first: int, count: int) -> NDArray[np.int64]:
    """Bits of codes that came after so many others since the last start."""
    entries = (1 << smallest) + 1 + np.arange(first, first + count)
    return np.minimum(np.floor(np.log2(np.minimum(entries, _FULL))).astype(np.int64) + 1, 12)


def _count(smallest: int, codes: bytes) -> int:
    if not 1 <= smallest < 12:
        return 0  # which no decoder takes
    values = np.frombuffer(codes + bytes(2), np.uint8)
    clears = at = since = 0
    while at + smallest < 8 * len(codes) and clears < _MOST_CLEARS:
        widths = _widths(smallest, since, _FIRST_STRETCH if since == 0 else _STRETCH)
        starts = at + np.concatenate([[0], np.cumsum(widths)])
        inside = starts[:-1] < 8 * len(codes)
        places, bits = starts[:-1][inside], widths[inside]
        found = _numbers(values, places, bits)
        hits = np.flatnonzero(found >> 1 == 1 << (smallest - 1))  # a start, or the end, which starts anew too
        clears += bool(len(hits))
        since = 0 if len(hits) else since + len(found)
        at = int(starts[hits[0] + 1] if len(hits) else starts[len(found)])
    return clears


def _numbers(
    values: NDArray[np.uint8], places: NDArray[np.int64], bits: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The numbers of so many bits, at most 12, that begin at these bits of the bytes, lowest bit first."""
    low, middle, high = (values[(places >> 3) + byte].astype(np.int64) for byte in range(3))
    return np.asarray((low | middle << 8 | high << 16) >> (places & 7) & (1 << bits) - 1, np.int64)
