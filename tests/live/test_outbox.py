"""The queue of events for the broker."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.live.outbox import Outbox
from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.spool_limits import SpoolLimits

from ..conftest import fresh_python
from ..outputs.small_disk import MAY_MOUNT, small_disk
from .mosquitto import wait_for

needs_disk = pytest.mark.skipif(not MAY_MOUNT, reason="mounting a small file system needs root")


def bodies(events: list[QueuedEvent]) -> list[str]:
    """The texts of the events."""
    return [event.body for event in events]


def fill(outbox: Outbox, count: int, start: int = 0) -> None:
    """Puts numbered events."""
    for number in range(start, start + count):
        outbox.put(str(number))


def saved(outbox: Outbox, line: bytes) -> bool:
    """Whether a line is on disk, after another attempt to write it."""
    outbox.save()
    return line in outbox.path.read_bytes()


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
    outbox = Outbox(tmp_path / "spool", SpoolLimits(events=10))
    outbox.spill()
    for start in range(0, 30, 3):
        fill(outbox, 3, start)
        outbox.save()
    assert (10, 20) == (len(outbox), outbox.lost)
    assert [str(number) for number in range(20, 30)] == bodies(outbox.head(99))
    outbox.close()


@pytest.mark.parametrize("size", [1, 10_000])
def test_memory_is_bounded_too(tmp_path: Path, size: int) -> None:
    """A broker that acknowledges nothing is treated as unreachable; by count and by bytes."""
    outbox = Outbox(tmp_path / "spool", SpoolLimits(bytes=1_000_000, events_in_memory=50))
    for _ in range(50):
        outbox.put("x" * size)
    on_disk = (tmp_path / "spool").stat().st_size
    outbox.put("y")
    assert (size == 10_000) == (on_disk > 100_000)
    assert (51, 0) == (len(outbox), outbox.lost)
    assert (tmp_path / "spool").stat().st_size > 50
    outbox.close()


def test_an_event_that_is_too_large_to_be_kept_is_discarded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And counted; one that just fits is kept."""
    outbox = Outbox(tmp_path / "spool", SpoolLimits(bytes=8000))
    for size in (1000, 1001):
        outbox.put("x" * size)
    assert (1, 1) == (len(outbox), outbox.lost)
    assert "an event of 1001 bytes is discarded: it is too large to be kept" in caplog.text
    outbox.close()


@needs_disk
def test_events_wait_in_memory_while_the_disk_is_full(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As many as fit, behind those on disk; they are written once there is room."""
    with small_disk(tmp_path / "disk", 16) as disk:
        outbox = Outbox(disk / "spool", SpoolLimits(events_in_memory=50))
        fill(outbox, 10)
        outbox.spill()
        with pytest.raises(OSError, match="No space"):
            (disk / "other").write_bytes(bytes(20_000))
        for start in range(10, 510, 10):
            fill(outbox, 10, start)
            outbox.save()
        kept = bodies(outbox.head(999))
        assert (len(kept), 510) == (len(outbox), len(outbox) + outbox.lost)
        assert [str(number) for number in [*range(10), *range(460, 510)]] == kept[:10] + kept[-50:]
        assert len(kept) < 300
        assert 1 == len([record for record in caplog.records if "cannot write" in record.getMessage()])
        (disk / "other").unlink()
        wait_for(lambda: saved(outbox, b" event 510 509\n"))
        outbox.close()
        outbox = Outbox(disk / "spool")
        assert (0, kept) == (outbox.lost, bodies(outbox.head(999)))
        outbox.close()


@needs_disk
def test_events_on_a_full_disk_leave_in_order(tmp_path: Path) -> None:
    """Those on disk first, then those in memory."""
    with small_disk(tmp_path / "disk", 16) as disk:
        outbox = Outbox(disk / "spool")
        fill(outbox, 2)
        outbox.spill()
        with pytest.raises(OSError, match="No space"):
            (disk / "other").write_bytes(bytes(20_000))
        fill(outbox, 200, start=2)
        outbox.save()
        for number in range(202):
            (event,) = outbox.head(1)
            assert str(number) == event.body
            outbox.remove({event.number})
        assert (0, 0) == (len(outbox), outbox.lost)
        outbox.close()


def test_a_file_that_is_no_spool_is_refused(tmp_path: Path) -> None:
    """Unless it is owned."""
    (tmp_path / "spool").write_text("my diary")
    with pytest.raises(InputError, match="it is no spool file"):
        Outbox(tmp_path / "spool")
    outbox = Outbox(tmp_path / "spool", owned=True)
    fill(outbox, 1)
    assert ["0"] == bodies(outbox.head(9))
    outbox.close()
