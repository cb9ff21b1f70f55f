"""Spool files that are damaged in every way that disks, kills and people have."""

import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from edgebreed.live.queued_event import DoneMark, QueuedEvent
from edgebreed.live.spool_scan import HEADER

Mutation = Callable[[bytes, random.Random], bytes]


def _span(data: bytes, rng: random.Random, longest: int = 8192) -> slice:
    begin = rng.randrange(len(data))
    return slice(begin, min(len(data), begin + rng.randint(1, longest)))


def flip_one_bit(data: bytes, rng: random.Random) -> bytes:
    """Anywhere in the file."""
    return flip(data, rng, 1)


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    """Up to fifty, anywhere in the file."""
    return flip(data, rng, rng.randint(2, 50))


def flip(data: bytes, rng: random.Random, count: int) -> bytes:
    """So many bits."""
    flipped = bytearray(data)
    for _ in range(count):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def truncate(data: bytes, rng: random.Random) -> bytes:
    """At any byte."""
    return data[: rng.randrange(len(data))]


def lose_the_begin(data: bytes, rng: random.Random) -> bytes:
    """Up to any byte."""
    return data[rng.randrange(len(data)) :]


def zero_block(data: bytes, rng: random.Random) -> bytes:
    """As after a power failure."""
    span = _span(data, rng)
    return data[: span.start] + bytes(span.stop - span.start) + data[span.stop :]


def overwrite_block(data: bytes, rng: random.Random) -> bytes:
    """With anything."""
    span = _span(data, rng)
    return data[: span.start] + rng.randbytes(span.stop - span.start) + data[span.stop :]


def insert_block(data: bytes, rng: random.Random) -> bytes:
    """Of anything, anywhere."""
    place = rng.randrange(len(data))
    return data[:place] + rng.randbytes(rng.randint(1, 100_000)) + data[place:]


def remove_block(data: bytes, rng: random.Random) -> bytes:
    """Anywhere."""
    span = _span(data, rng)
    return data[: span.start] + data[span.stop :]


def repeat_block(data: bytes, rng: random.Random) -> bytes:
    """Somewhere else."""
    span, place = _span(data, rng), rng.randrange(len(data))
    return data[:place] + data[span] + data[place:]


def swap_halves(data: bytes, rng: random.Random) -> bytes:
    """At any byte."""
    place = rng.randrange(len(data))
    return data[place:] + data[:place]


def remove_line_breaks(data: bytes, rng: random.Random) -> bytes:
    """Some, or all."""
    share = rng.choice([0.1, 0.5, 1])
    return bytes(byte for byte in data if byte != 10 or rng.random() > share)


def other_line_ends(data: bytes, _: random.Random) -> bytes:
    """Of an editor on another system."""
    return data.replace(b"\n", b"\r\n")


def nothing(_: bytes, __: random.Random) -> bytes:
    """An empty file."""
    return b""


def zeros(data: bytes, _: random.Random) -> bytes:
    """A file of which the size alone has reached the disk."""
    return bytes(len(data))


def garbage(_: bytes, rng: random.Random) -> bytes:
    """Another file's blocks."""
    return rng.randbytes(rng.randint(1, 100_000))


def database(_: bytes, rng: random.Random) -> bytes:
    """Of another program."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, body TEXT)")
            connection.execute("INSERT INTO events VALUES (?, ?)", (rng.randrange(99), "{}"))
        connection.close()
        return path.read_bytes()


def odd_numbers(data: bytes, rng: random.Random) -> bytes:
    """With right checksums: the largest of 64 bits, none, one that is far ahead, a mark in the future."""
    odd = [
        QueuedEvent(2**63 - 1, '{"odd": 1}').to_line(),
        QueuedEvent(0, '{"odd": 1}').to_line(),
        QueuedEvent(10**39, '{"odd": 1}').to_line(),
        DoneMark(rng.randrange(100)).to_line(),
        b"\n00000000 event -5 {}\n",
        b"\n00000000 event 1e5 {}\n",
    ]
    return data + b"".join(rng.sample(odd, 3))


def odd_bodies(data: bytes, rng: random.Random) -> bytes:
    """With right checksums: none, no JSON, a very long one, control characters."""
    odd = ["", "null", "{", "x" * 5_000_000, "\0\x1b[2J\x85", "\ufffe"]
    return data + QueuedEvent(10_000, rng.choice(odd)).to_line()


def another_version(data: bytes, _: random.Random) -> bytes:
    """Whose lines are the same."""
    return data.replace(HEADER, b"edgebreed spool 2\n")


MUTATIONS: tuple[Mutation, ...] = (
    flip_one_bit,
    flip_bits,
    truncate,
    lose_the_begin,
    zero_block,
    overwrite_block,
    insert_block,
    remove_block,
    repeat_block,
    swap_halves,
    remove_line_breaks,
    other_line_ends,
    nothing,
    zeros,
    garbage,
    database,
    odd_numbers,
    odd_bodies,
    another_version,
)
