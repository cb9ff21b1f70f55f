"""The file in which events wait."""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgebreed.errors import InputError
from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.spool_file import SpoolFile
from edgebreed.live.spool_limits import SpoolLimits
from edgebreed.live.spool_scan import HEADER

from ..outputs.small_disk import MAY_MOUNT, small_disk

SMALL = SpoolLimits(bytes=8_000)
needs_disk = pytest.mark.skipif(not MAY_MOUNT, reason="mounting a small file system needs root")


def events(first: int, last: int, size: int = 20) -> list[QueuedEvent]:
    """Events with these numbers, each of so many bytes."""
    return [QueuedEvent(number, "x" * size) for number in range(first, last + 1)]


@contextmanager
def opened(path: Path, limits: SpoolLimits | None = None, *, owned: bool = False) -> Iterator[SpoolFile]:
    """An open file, which is closed at the end of the block."""
    spool = SpoolFile(path, limits or SpoolLimits(), owned=owned)
    try:
        yield spool
    finally:
        spool.close()


def numbers(spool: SpoolFile) -> list[int]:
    """The numbers of all its events."""
    return [event.number for event in spool.read(10_000)]


def filled(path: Path, count: int = 9) -> Path:
    """A file with so many events."""
    with opened(path) as spool:
        spool.append(events(1, count))
    return path


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def used(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def test_events_come_back_in_the_next_process(tmp_path: Path) -> None:
    """But those that were removed, in any order."""
    with opened(tmp_path / "spool") as spool:
        spool.append(events(1, 5))
        spool.remove({1, 4})
        assert (3, [2, 3, 5]) == (len(spool), numbers(spool))
        spool.remove({2})
        spool.append(events(6, 6))
    with opened(tmp_path / "spool") as spool:
        assert [3, 4, 5, 6] == numbers(spool)  # 4 once more: it left before an older one
        assert (6, 0) == (spool.last, spool.lost)


def test_an_empty_queue_takes_no_room(tmp_path: Path) -> None:
    """However much it held; the numbers go on."""
    with opened(tmp_path / "spool") as spool:
        for start in range(1, 1000, 100):
            spool.append(events(start, start + 99, 200))
            spool.remove(set(range(start, start + 100)))
            assert used(tmp_path) < 100
    with opened(tmp_path / "spool") as spool:
        assert (0, 1000) == (len(spool), spool.last)


def test_bytes_are_bounded(tmp_path: Path) -> None:
    """With the copy that it makes of itself; the oldest events are discarded and counted."""
    with opened(tmp_path / "spool", SMALL) as spool:
        for number in range(1, 1001):
            spool.append(events(number, number, 100 + number % 500))
            assert used(tmp_path) + SMALL.kept_bytes <= SMALL.bytes + 100
        assert list(range(1001 - len(spool), 1001)) == numbers(spool)
        assert (1000, True) == (len(spool) + spool.lost, len(spool) >= 4)
    with opened(tmp_path / "spool") as spool:
        assert (1000, 0) == (spool.last, spool.lost)


def test_what_was_delivered_makes_room_before_anything_is_discarded(tmp_path: Path) -> None:
    """The file shrinks while events wait in it."""
    with opened(tmp_path / "spool", SMALL) as spool:
        for number in range(1, 1001):
            spool.append(events(number, number, 100))
            spool.remove({number - 5})
        assert (0, list(range(996, 1001))) == (spool.lost, numbers(spool))


def test_events_are_bounded_by_count_too(tmp_path: Path) -> None:
    """The oldest are discarded and counted."""
    with opened(tmp_path / "spool", SpoolLimits(events=10)) as spool:
        for start in range(1, 31, 3):
            spool.append(events(start, start + 2))
        assert (10, 20) == (len(spool), spool.lost)
        assert list(range(21, 31)) == numbers(spool)


def test_a_damaged_file_is_replaced_by_what_can_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is kept beside, and one line says what was lost; the next start finds nothing wrong."""
    path = filled(tmp_path / "spool")
    damaged = path.read_bytes().replace(b" event 4 ", b" event X ")
    path.write_bytes(damaged)
    with opened(path) as spool:
        assert ([1, 2, 3, 5, 6, 7, 8, 9], 1) == (numbers(spool), spool.lost)
    assert damaged == (tmp_path / "spool.damaged").read_bytes()
    (record,) = caplog.records
    message = f"{path} is damaged: 8 events are read, about 1 are lost; it is kept as {path}.damaged"
    assert message == record.getMessage()
    with opened(path) as spool:
        assert (8, 0) == (len(spool), spool.lost)
    assert ["spool", "spool.damaged"] == names(tmp_path)
    assert 1 == len(caplog.records)


@needs_disk
def test_a_damaged_file_on_a_full_disk_stays_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What can be read of it is delivered all the same."""
    with small_disk(tmp_path / "disk", 16) as disk:
        path = filled(disk / "spool", 100)
        path.write_bytes(path.read_bytes().replace(b" event 4 ", b" event X "))
        with pytest.raises(OSError, match="No space"):
            (disk / "other").write_bytes(bytes(20_000))
        with opened(path) as spool:
            assert ([1, 2, 3, 5], 99) == ([event.number for event in spool.read(4)], len(spool))
    assert "it stays in use, as it cannot be replaced: [Errno 28] No space left on device" in caplog.text


def test_a_damaged_file_that_cannot_be_kept_stays_in_use(tmp_path: Path) -> None:
    """Nothing else is left beside it, and the next start finds the same."""
    path = filled(tmp_path / "spool")
    path.write_bytes(path.read_bytes().replace(b" event 4 ", b" event X "))
    (tmp_path / "spool.damaged" / "of a user").mkdir(parents=True)
    for _ in range(2):
        with opened(path) as spool:
            assert [1, 2, 3, 5, 6, 7, 8, 9] == numbers(spool)
        assert ["spool", "spool.damaged"] == names(tmp_path)


def test_damage_while_it_is_open_costs_the_event(tmp_path: Path) -> None:
    """And neither an error nor the events around it."""
    path = filled(tmp_path / "spool", 5)
    with opened(path) as spool:
        path.write_bytes(path.read_bytes().replace(b" event 3 ", b" event X "))
        assert ([1, 2, 4, 5], 1, 4) == (numbers(spool), spool.lost, len(spool))
        spool.append(events(6, 6))
        line, other = (event.to_line() for event in (*events(4, 4), *events(7, 7)))
        path.write_bytes(path.read_bytes().replace(line, other))
        assert [1, 2, 5, 6] == numbers(spool)
        os.truncate(path, 80)
        assert [1] == numbers(spool)
        assert (5, 1) == (spool.lost, len(spool))


@needs_disk
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Nothing of the new events is in it, and it goes on once there is room."""
    with small_disk(tmp_path / "disk", 16) as disk, opened(disk / "spool") as spool:
        spool.append(events(1, 2))
        size = used(disk)
        with pytest.raises(OSError, match="No space"):
            spool.append(events(3, 50, 1000))
        assert (size, [1, 2]) == (used(disk), numbers(spool))
        spool.append(events(3, 3))
        assert [1, 2, 3] == numbers(spool)


@pytest.mark.parametrize(
    "content", [b"my diary\n" * 99, b"SQLite format 3\0" + bytes(4080), b"edgebreed spool 2\nline\n", b"\0x"]
)
def test_the_file_of_another_program_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    """And refused, unless nobody else can have written it: then it is moved away."""
    path = tmp_path / "file"
    path.write_bytes(content)
    path.chmod(0o644)
    with pytest.raises(
        InputError, match=r"file: it is no spool file, .*: name another file with --mqtt-spool$"
    ):
        SpoolFile(path, SpoolLimits())
    assert (content, 0o100644) == (path.read_bytes(), path.stat().st_mode)
    assert ["file"] == names(tmp_path)
    with opened(path, owned=True) as spool:
        assert 0 == len(spool)
        spool.append(events(1, 1))
    assert content == (tmp_path / "file.damaged").read_bytes()


def test_a_file_that_is_larger_than_any_spool_is_refused(tmp_path: Path) -> None:
    """Without reading it."""
    with (tmp_path / "film").open("wb") as file:
        file.write(HEADER)
        file.truncate(1 << 40)
    with pytest.raises(InputError, match="it is no spool file"):
        SpoolFile(tmp_path / "film", SpoolLimits())


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "below a file", "loop of links"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    """At once: opening a pipe would wait for a writer."""
    path = {"device": Path("/dev/null"), "below a file": tmp_path / "file" / "spool"}.get(
        kind, tmp_path / "it"
    )
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX) as listener:
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            listener.bind(str(path))
        elif kind == "loop of links":
            path.symlink_to(path)
        with pytest.raises(
            InputError, match=r"^cannot keep events in .*: name another file with --mqtt-spool$"
        ):
            SpoolFile(path, SpoolLimits())


def test_two_streams_cannot_share_a_file(tmp_path: Path) -> None:
    """Also after the first one has replaced it."""
    with opened(tmp_path / "spool", SMALL) as spool:
        for number in (1, 99):
            spool.append(events(number, number + 9, 400))
            with pytest.raises(InputError, match="spool: another stream uses it"):
                SpoolFile(tmp_path / "spool", SMALL)


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    """Nor the folder that is made for it; a file that others could read is closed to them."""
    path = tmp_path / "state" / "spool"
    with opened(path, SMALL) as spool:
        assert (0o100600, 0o40700) == (path.stat().st_mode, path.parent.stat().st_mode)
        path.chmod(0o644)
        spool.append(events(1, 9, 500))
        spool.append(events(10, 11, 500))
        assert 0o100600 == path.stat().st_mode  # of the copy
    path.chmod(0o644)
    with opened(path):
        assert 0o100600 == path.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file behind it is the one that is replaced."""
    path = filled(tmp_path / "spool")
    path.write_bytes(b"x" + path.read_bytes())
    (tmp_path / "link").symlink_to("spool")
    with opened(tmp_path / "link") as spool:
        assert 9 == len(spool)
    assert (tmp_path / "link").is_symlink()


def test_a_replacement_that_was_killed_half_way_is_completed(tmp_path: Path) -> None:
    """After the old file got its new name, and before the new one got the old one."""
    filled(tmp_path / "spool").rename(tmp_path / "spool.edgebreed-new")
    with opened(tmp_path / "spool") as spool:
        assert 9 == len(spool)
    assert ["spool"] == names(tmp_path)


@dataclass
class Model:
    """A spool file, and the numbers of the events that should wait in it."""

    path: Path
    spool: SpoolFile
    waiting: list[int] = field(default_factory=list)
    last: int = 0

    def append(self, count: int, size: int) -> None:
        """Appends events; the oldest may be discarded."""
        new, lost = events(self.last + 1, self.last + count, size), self.spool.lost
        self.spool.append(new)
        self.last += count
        self.waiting = [*self.waiting, *(event.number for event in new)][self.spool.lost - lost :]

    def remove(self, places: set[int]) -> None:
        """Removes those that have these places in the queue."""
        chosen = {number for place, number in enumerate(self.waiting) if place in places}
        self.spool.remove(chosen)
        self.waiting = [number for number in self.waiting if number not in chosen]

    def reopen(self) -> None:
        """Opens the file again; what was removed before an older event may come back."""
        self.spool.close()
        self.spool = SpoolFile(self.path, SMALL)
        found = numbers(self.spool)
        assert set(self.waiting) <= set(found) <= set(range(1, self.last + 1))
        self.waiting = found


appends = st.builds(
    lambda *values: lambda model: model.append(*values), st.integers(1, 4), st.integers(1, 400)
)
removals = st.builds(lambda places: lambda model: model.remove(places), st.sets(st.integers(0, 9)))
calls = appends | removals | st.just(Model.reopen)


@given(st.lists(calls, max_size=40))
def test_any_sequence_of_calls_keeps_what_waits(sequence: list[Callable[[Model], None]]) -> None:
    """In order and within the bounds."""
    with tempfile.TemporaryDirectory() as folder:
        model = Model(Path(folder) / "spool", SpoolFile(Path(folder) / "spool", SMALL))
        for call in sequence:
            call(model)
            assert (model.waiting, len(model.waiting)) == (numbers(model.spool), len(model.spool))
            assert used(Path(folder)) <= SMALL.file_bytes + 60 * len(sequence)  # of marks
        model.spool.close()
