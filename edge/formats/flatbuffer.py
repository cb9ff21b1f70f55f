"""Reads FlatBuffers whose bytes may be anything: https://flatbuffers.dev/internals/.

A table is verified as a whole before anything of it is used: each offset lies within the bytes.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edgebreed.errors import ModelFileError

TEXT = "text"
MAX_TABLES = 1_000_000
MAX_DEPTH = 16
_SLOT, _OFFSET = 2, 4  # bytes of an entry of a vtable, of an offset


@dataclass(frozen=True)
class Scalars:
    """A vector of numbers.

    Attributes:
        format: of one, as the module `struct` calls it.
    """

    format: str


@dataclass(frozen=True)
class Tables:
    """A vector of tables.

    Attributes:
        kind: what each is.
    """

    kind: str


@dataclass(frozen=True)
class Union:
    """A table of one of several kinds, by the number in the field before it.

    Attributes:
        kinds: what it is by that number; a number that is not there stands for a table of numbers alone.
        last: the largest number that there is.
    """

    kinds: Mapping[int, str]
    last: int


Kind = str | Scalars | Tables | Union
"""What a field holds: a number by its `struct` format, `TEXT`, a table by its name, a vector or a union."""
Schema = Mapping[str, Mapping[int, Kind]]
"""The fields of each kind of table, by their slot."""


class FlatTable:
    """A table.

    Args:
        data: all bytes.
        place: of the table in these.

    Raises:
        ModelFileError: it does not lie within the bytes.
    """

    def __init__(self, data: memoryview, place: int) -> None:
        self.data, self.place = data, place
        self._vtable = place - number(data, place, "i")
        self._slots = number(data, self._vtable, "H")
        self._size = number(data, self._vtable + _SLOT, "H")
        _within(data, self._vtable, self._slots)
        _within(data, place, self._size)

    def at(self, slot: int) -> int | None:
        """Where a field stands; None where it has its default."""
        entry = 2 * _SLOT + slot * _SLOT
        offset = number(self.data, self._vtable + entry, "H") if entry + _SLOT <= self._slots else 0
        if offset >= self._size and offset:
            raise ModelFileError(DAMAGED)
        return self.place + offset if offset else None

    def scalar(self, slot: int, format_: str, default: int = 0) -> int:
        """A whole number."""
        place = self.at(slot)
        return default if place is None else number(self.data, place, format_)

    def table(self, slot: int) -> "FlatTable | None":
        """A table that a field points to."""
        place = self.at(slot)
        return None if place is None else FlatTable(self.data, _followed(self.data, place))

    def tables(self, slot: int) -> list["FlatTable"]:
        """A vector of tables."""
        start, count = self.vector(slot, _OFFSET)
        if count > MAX_TABLES:
            raise ModelFileError(DAMAGED)
        places = range(start, start + count * _OFFSET, _OFFSET)
        return [FlatTable(self.data, _followed(self.data, place)) for place in places]

    def scalars(self, slot: int, format_: str) -> tuple[int, ...]:
        """A vector of numbers."""
        start, count = self.vector(slot, struct.calcsize(format_))
        return struct.unpack_from(f"<{count}{format_}", self.data, start)

    def vector(self, slot: int, size: int) -> tuple[int, int]:
        """Where a vector of items of so many bytes begins, and their number."""
        place = self.at(slot)
        if place is None:
            return 0, 0
        start = _followed(self.data, place)
        count = number(self.data, start, "I")
        _within(self.data, start + _OFFSET, count * size)
        return start + _OFFSET, count


DAMAGED = "TFLite file is damaged (an offset leads out of it): copy or export it again"


def root(data: memoryview) -> FlatTable:
    """The outermost table."""
    return FlatTable(data, _followed(data, 0))


def verify(data: memoryview, schema: Schema, kind: str) -> None:
    """Follows every offset of every table that a schema knows.

    Raises:
        ModelFileError: one leads out of the bytes, or there are too many tables or levels.
    """
    waiting, count = [(root(data), kind, 1)], 0
    while waiting:
        table, kind, depth = waiting.pop()
        count += 1
        if count > MAX_TABLES or depth > MAX_DEPTH:
            raise ModelFileError(DAMAGED)
        waiting += [(below, name, depth + 1) for below, name in _below(table, schema[kind])]


def number(data: memoryview, place: int, format_: str) -> int:
    """A whole number at a place."""
    _within(data, place, struct.calcsize(format_))
    found: int = struct.unpack_from(f"<{format_}", data, place)[0]
    return found


def _below(table: FlatTable, fields: Mapping[int, Kind]) -> Iterator[tuple[FlatTable, str]]:
    """The tables that a table points to, with their kinds."""
    for slot, kind in fields.items():
        if isinstance(kind, Tables):
            yield from ((below, kind.kind) for below in table.tables(slot))
        elif isinstance(kind, Scalars):
            table.vector(slot, struct.calcsize(kind.format))
        elif isinstance(kind, Union):
            yield from _of_union(table, slot, kind)
        elif kind == TEXT:
            start, count = table.vector(slot, 1)
            _within(table.data, start + count, 1)  # a text ends in a zero byte
        elif len(kind) == 1:
            table.scalar(slot, kind)
        elif (below := table.table(slot)) is not None:
            yield below, kind


def _of_union(table: FlatTable, slot: int, union: Union) -> Iterator[tuple[FlatTable, str]]:
    kind, below = table.scalar(slot - 1, "B"), table.table(slot)
    if kind > union.last or (kind and below is None):
        raise ModelFileError(DAMAGED)
    if kind and below is not None:
        yield below, union.kinds.get(kind, "")


def _followed(data: memoryview, place: int) -> int:
    """Where an offset leads to."""
    return place + number(data, place, "I")


def _within(data: memoryview, place: int, size: int) -> None:
    if place < 0 or place + size > len(data):
        raise ModelFileError(DAMAGED)
