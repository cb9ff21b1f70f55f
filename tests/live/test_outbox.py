"""The queue of events for the broker."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.live.outbox import Outbox
from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.spool_limits import SpoolLimits

from ..conftest import fresh_python


def bodies(events: list[QueuedEvent]) -> list[str]:
    """The texts of the events."""
    return [event.body for event in events]


def fill(outbox: Outbox, count: int, start: int = 0) -> None:
    """Puts numbered events."""
    for number in range(start, start + count):
        outbox.put(str(number))


def test_events_leave_in_order(tmp_path: Path) -> None:
    """And are removed once they are delivered."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, 5)
    first = outbox.head(2)
    assert ["0", "1"] == bodies(first)
    assert ["2", "3"] == bodies(outbox.head(2, after=first[-1].number))
    outbox.remove({event.number for event in first})
    assert (3, ["2", "3", "4"]) == (len(outbox), bodies(outbox.head(9)))
    outbox.close()


def test_nothing_is_written_for_events_that_are_delivered_at_once(tmp_path: Path) -> None:
    """Which spares a flash card."""
    outbox = Outbox(tmp_path / "spool")
    sizes = set()
    for number in range(50):
        outbox.put(str(number))
        outbox.remove({event.number for event in outbox.head(9)})
        sizes.add(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert 1 == len(sizes)
    outbox.close()


def test_spilled_events_survive_and_stay_in_order(tmp_path: Path) -> None:
    """Later events queue behind them, in another process too."""
    first = Outbox(tmp_path / "spool")
    fill(first, 3)
    first.spill()
    fill(first, 2, start=3)
    first.close()
    second = Outbox(tmp_path / "spool")
    fill(second, 1, start=5)
    assert ["0", "1", "2", "3", "4", "5"] == bodies(second.head(9))
    second.remove({event.number for event in second.head(9)})
    fill(second, 1, start=6)
    assert (1, ["6"]) == (len(second), bodies(second.head(9)))
    second.close()


def test_spilled_events_survive_a_kill(tmp_path: Path) -> None:
    """The process ends without closing the file."""
    code = (
        "import os; from pathlib import Path; from edgebreed.live.outbox import Outbox;"
        f"box = Outbox(Path({str(tmp_path / 'spool')!r})); [box.put(str(n)) for n in range(4)]; box.spill();"
        "print('spilled', flush=True); os._exit(0)"
    )
    assert "spilled" == fresh_python(code).strip()
    outbox = Outbox(tmp_path / "spool")
    assert ["0", "1", "2", "3"] == bodies(outbox.head(9))
    outbox.close()


def test_the_oldest_events_are_discarded_and_counted(tmp_path: Path) -> None:
    """The file of a broker that never comes back is bounded."""
    outbox = Outbox(tmp_path / "spool", limit=10)
    outbox.spill()
    for start in range(0, 30, 3):
        fill(outbox, 3, start)
        outbox.save()
    assert (10, 20) == (len(outbox), outbox.lost)
    assert [str(number) for number in range(20, 30)] == bodies(outbox.head(99))
    outbox.close()


def test_memory_is_bounded_too(tmp_path: Path) -> None:
    """A broker that acknowledges nothing is treated as unreachable."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, MEMORY_LIMIT + 1)
    assert (MEMORY_LIMIT + 1, 0) == (len(outbox), outbox.lost)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > MEMORY_LIMIT
    assert ["0", "1"] == bodies(outbox.head(2))
    outbox.close()


def test_a_write_error_costs_only_the_events_that_were_not_written(tmp_path: Path) -> None:
    """They are counted; earlier ones are kept."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, 2)
    outbox.spill()
    outbox._database.execute("PRAGMA query_only = ON")  # refuses writes, as a full disk does
    fill(outbox, 3, start=2)
    outbox.spill()
    assert (2, 3) == (len(outbox), outbox.lost)
    outbox._database.execute("PRAGMA query_only = OFF")
    outbox.close()


def test_two_streams_cannot_share_a_spool_file(tmp_path: Path) -> None:
    """The error says what to do."""
    outbox = Outbox(tmp_path / "spool")
    with pytest.raises(InputError, match=r"spool: database is locked: another .* file with --mqtt-spool"):
        Outbox(tmp_path / "spool")
    outbox.close()


@pytest.mark.parametrize("damage", ["file", "folder"])
def test_an_invalid_spool_file_is_refused(tmp_path: Path, damage: str) -> None:
    """A text file or a folder is left unchanged."""
    path = tmp_path / "spool"
    if damage == "file":
        path.write_text("my diary, " * 100)
    else:
        path.mkdir()
    with pytest.raises(InputError, match=r"cannot keep events in .*spool: .*--mqtt-spool"):
        Outbox(path)
    assert path.is_dir() or path.read_text().startswith("my diary")
