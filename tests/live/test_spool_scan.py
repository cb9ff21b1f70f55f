"""Reading a spool file past what is damaged."""

from pathlib import Path

import pytest

from edgebreed.live.queued_event import DoneMark, QueuedEvent
from edgebreed.live.spool_scan import HEADER, SpoolScan, scan_spool

LINES = [QueuedEvent(number, f'{{"n": {number}, "label": "square"}}').to_line() for number in range(1, 6)]
MARK = DoneMark(2).to_line()
LONGEST = 10_000


def scan(path: Path, *parts: bytes) -> SpoolScan:
    """What a file of these parts holds."""
    path.write_bytes(b"".join(parts))
    with path.open("rb") as file:
        return scan_spool(file.fileno(), LONGEST)


def numbers(found: SpoolScan) -> list[int]:
    """The numbers of the events that are not done."""
    return [entry.number for entry in found.entries]


def test_events_after_the_last_mark_are_found(tmp_path: Path) -> None:
    """In order, with where their lines are."""
    found = scan(tmp_path / "spool", HEADER, *LINES, MARK)
    assert ([3, 4, 5], 2, 5, 0, False, True) == (
        numbers(found), found.done, found.last, found.lost, found.damaged, found.ours
    )  # fmt: skip
    entry = found.entries[0]
    text = (tmp_path / "spool").read_bytes()[entry.offset : entry.offset + entry.size]
    assert LINES[2].strip() == text


def test_line_ends_of_another_system_are_no_damage(tmp_path: Path) -> None:
    """An editor may have written them."""
    found = scan(tmp_path / "spool", b"".join((HEADER, *LINES, MARK)).replace(b"\n", b"\r\n"))
    assert ([3, 4, 5], 0, False) == (numbers(found), found.lost, found.damaged)


def flipped(line: bytes, place: int) -> bytes:
    """A line of which one bit is wrong."""
    return line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]


@pytest.mark.parametrize("place", [0, 1, 8, 20, -2, -1])
def test_a_wrong_bit_costs_one_event(tmp_path: Path, place: int) -> None:
    """Wherever it is, also in the line break before or after it."""
    damaged = flipped(LINES[2], place % len(LINES[2]))
    found = scan(tmp_path / "spool", HEADER, *LINES[:2], damaged, *LINES[3:])
    assert {1, 2, 4, 5} <= set(numbers(found))
    assert (5 - len(found.entries), True, True) == (found.lost, found.damaged, found.ours)


@pytest.mark.parametrize(
    ("parts", "left", "lost"),
    [
        ((HEADER, *LINES[:4], LINES[4][:-9]), [1, 2, 3, 4], 0),  # too short to know that it was an event
        ((HEADER, LINES[0], b"x" * 5000, LINES[4]), [1, 5], 3),
        ((HEADER, LINES[0], bytes(3 * LONGEST), LINES[4]), [1, 5], 3),
        ((HEADER, LINES[0], LINES[4]), [1, 5], 0),  # the others were discarded before
        ((flipped(HEADER, 3), *LINES), [1, 2, 3, 4, 5], 0),
        ((*LINES[2:], *LINES[:3]), [1, 2, 3, 4, 5], 0),
        ((HEADER, LINES[4], LINES[3], MARK, LINES[0], LINES[4]), [4, 5], 0),
        ((HEADER, *LINES, flipped(MARK, 3)), [1, 2, 3, 4, 5], 0),
        ((HEADER, b"y" * 100, DoneMark(7).to_line()), [], 0),
        ((HEADER, LINES[0], b"y" * 100), [1], 1),
        ((bytes(4096),), [], 1),
    ],
)
def test_what_is_lost_is_counted(
    tmp_path: Path, parts: tuple[bytes, ...], left: list[int], lost: int
) -> None:
    """By the gaps in the numbers that have damaged bytes in them."""
    found = scan(tmp_path / "spool", *parts)
    assert (left, lost, True) == (numbers(found), found.lost, found.ours)


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (b"", True),
        (HEADER, True),
        (HEADER[:7], True),
        (bytes(100), True),
        (HEADER.replace(b"\n", b" and more"), True),
        (HEADER.strip() + LINES[0].strip(), True),
        (b"my diary\n", False),
        (b"my diary\n" + HEADER, False),
        (bytes(100) + b"x", False),
        (b"SQLite format 3\0" + bytes(84), False),
        (b"edgebreed spool 2\nother lines\n", False),
        (b"edgebreed spool 10\nother lines\n", False),
    ],
)
def test_whose_file_it_is(tmp_path: Path, text: bytes, ours: bool) -> None:
    """One that holds anything else belongs to somebody else."""
    assert ours == scan(tmp_path / "spool", text).ours
