"""Events that wait for their broker."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.live.outbox import SPILL, Event, Outbox

from ..conftest import fresh_python


def bodies(events: list[Event]) -> list[str]:
    """What the events hold."""
    return [event.body for event in events]


def fill(outbox: Outbox, count: int, start: int = 0) -> None:
    """Puts numbered events."""
    for number in range(start, start + count):
        outbox.put(str(number))


def test_events_leave_in_order(tmp_path: Path) -> None:
    """And are forgotten once they are delivered."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, 5)
    first = outbox.head(2)
    assert ["0", "1"] == bodies(first)
    assert ["2", "3"] == bodies(outbox.head(2, after=first[-1].number))
    outbox.delivered({event.number for event in first})
    assert (3, ["2", "3", "4"]) == (len(outbox), bodies(outbox.head(9)))
    outbox.close()


def test_the_disk_is_left_alone_while_all_is_well(tmp_path: Path) -> None:
    """Nothing is written for events that are delivered at once."""
    outbox = Outbox(tmp_path / "spool")
    sizes = set()
    for number in range(50):
        outbox.put(str(number))
        outbox.delivered({event.number for event in outbox.head(9)})
        sizes.add(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert 1 == len(sizes)
    outbox.close()


def test_what_is_parked_survives_and_stays_in_order(tmp_path: Path) -> None:
    """Later events queue behind it, in another process too."""
    first = Outbox(tmp_path / "spool")
    fill(first, 3)
    first.park()
    fill(first, 2, start=3)
    first.close()
    second = Outbox(tmp_path / "spool")
    fill(second, 1, start=5)
    assert ["0", "1", "2", "3", "4", "5"] == bodies(second.head(9))
    second.delivered({event.number for event in second.head(9)})
    fill(second, 1, start=6)
    assert (1, ["6"]) == (len(second), bodies(second.head(9)))
    second.close()


def test_what_is_parked_survives_a_kill(tmp_path: Path) -> None:
    """The process ends without closing anything."""
    code = (
        "import os; from pathlib import Path; from edgebreed.live.outbox import Outbox;"
        f"box = Outbox(Path({str(tmp_path / 'spool')!r})); [box.put(str(n)) for n in range(4)]; box.park();"
        "print('parked', flush=True); os._exit(0)"
    )
    assert "parked" == fresh_python(code).strip()
    outbox = Outbox(tmp_path / "spool")
    assert ["0", "1", "2", "3"] == bodies(outbox.head(9))
    outbox.close()


def test_the_oldest_are_given_up_and_counted(tmp_path: Path) -> None:
    """A broker that never comes back costs a bounded file."""
    outbox = Outbox(tmp_path / "spool", limit=10)
    outbox.park()
    for start in range(0, 30, 3):
        fill(outbox, 3, start)
        outbox.save()
    assert (10, 20) == (len(outbox), outbox.lost)
    assert [str(number) for number in range(20, 30)] == bodies(outbox.head(99))
    outbox.close()


def test_memory_is_bounded_too(tmp_path: Path) -> None:
    """A broker that is there and takes nothing is like one that is not."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, SPILL + 1)
    assert (SPILL + 1, 0) == (len(outbox), outbox.lost)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > SPILL
    assert ["0", "1"] == bodies(outbox.head(2))
    outbox.close()


def test_a_disk_that_refuses_costs_events_and_no_more(tmp_path: Path) -> None:
    """They are counted; what came before is still there."""
    outbox = Outbox(tmp_path / "spool")
    fill(outbox, 2)
    outbox.park()
    outbox._database.execute("PRAGMA query_only = ON")  # as a full disk does, it refuses to be written
    fill(outbox, 3, start=2)
    outbox.park()
    assert (2, 3) == (len(outbox), outbox.lost)
    outbox._database.execute("PRAGMA query_only = OFF")
    outbox.close()


def test_two_streams_cannot_share_a_spool(tmp_path: Path) -> None:
    """The second is told what to do."""
    outbox = Outbox(tmp_path / "spool")
    with pytest.raises(InputError, match=r"spool: database is locked: another .* file with --mqtt-spool"):
        Outbox(tmp_path / "spool")
    outbox.close()


@pytest.mark.parametrize("damage", ["file", "folder"])
def test_a_spool_that_is_none(tmp_path: Path, damage: str) -> None:
    """A text file or a folder is left as it is."""
    path = tmp_path / "spool"
    if damage == "file":
        path.write_text("my diary, " * 100)
    else:
        path.mkdir()
    with pytest.raises(InputError, match=r"cannot keep events in .*spool: .*--mqtt-spool"):
        Outbox(path)
    assert path.is_dir() or path.read_text().startswith("my diary")
