"""Spool files that are damaged, and processes that are killed while events wait in them."""

import json
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from edgebreed.edge.stream.pacing import Backoff
from edgebreed.errors import EdgebreedError
from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import Publisher, PublishSettings

from ..conftest import ROOT
from ..live.fake_broker import FakeBroker, fake_broker
from ..live.feed import frame_result
from ..live.mosquitto import TOPIC, broker, subscribed, wait_for
from .spool_mutants import MUTATIONS, Mutation, flip_one_bit
from .tally import Tally

SPOOLS, BATCH, KILLS, BROKER_KILLS = 300, 60, 20, 10
EVENTS = 40
EAGER = PublishSettings(Backoff(0.02, cap=0.1))
LARGE, SMALL = (64 << 20, 1_000_000), (40_000, 20)  # bytes of the file, and events that are kept in it


def event_text(number: int) -> str:
    """The JSON text of a real event, the same one at every run."""
    return json.dumps({"n": number, **frame_result(number).to_dict(), "captured_at": float(number)})


@contextmanager
def publishing(where: Broker, spool: Path) -> Iterator[Publisher]:
    """A publisher of what is in a spool file, until all of it is sent."""
    publisher = Publisher(where, Outbox(spool), EAGER)
    try:
        yield publisher
        wait_for(lambda: publisher.pending == 0, 60)
    finally:
        publisher.close()


@dataclass
class Row:
    """How spool files fared that were damaged in one way."""

    spools: int = 0
    refused: int = 0
    events: int = 0
    read: int = 0
    counted: int = 0


def publish_damaged(spool: Path, server: FakeBroker, row: Row) -> list[str]:
    """Publishes what can be read of a spool file; what has arrived of its events."""
    row.spools += 1
    server.payloads.clear()
    before = spool.read_bytes()
    try:
        with publishing(server.address, spool) as publisher:
            publisher.put("new")
    except EdgebreedError:
        row.refused += 1
        assert before == spool.read_bytes()
        return []
    arrived = list(dict.fromkeys(payload.decode() for payload in server.payloads))
    assert "new" == arrived.pop()
    row.events += EVENTS
    row.read += len(arrived)
    row.counted += publisher.lost
    return arrived


def damaged(folder: Path, number: int, mutate: Mutation) -> Path:
    """A spool file with events that waits for the broker and is damaged then."""
    spool = folder / f"spool{number}"
    outbox = Outbox(spool)
    for event in range(EVENTS):
        outbox.put(event_text(event))
    outbox.close()
    spool.write_bytes(mutate(spool.read_bytes(), random.Random(number)))
    return spool


ODD = {"odd_numbers", "odd_bodies"}


def check(mutate: Mutation, arrived: list[str]) -> None:
    """Every event that arrives is one that was put, whole and in its place."""
    whole = [event_text(number) for number in range(EVENTS)]
    if mutate.__name__ not in ODD:
        assert arrived == [text for text in whole if text in arrived]
    if mutate is flip_one_bit:
        assert len(arrived) >= EVENTS - 1


def test_one_spool_of_each_kind(tmp_path: Path) -> None:
    """What can be read of it is published, with what comes later."""
    with fake_broker() as server:
        for number, mutate in enumerate(MUTATIONS):
            check(mutate, publish_damaged(damaged(tmp_path, number, mutate), server, Row()))


@pytest.mark.hostile
@pytest.mark.parametrize("first", range(0, SPOOLS, BATCH))
def test_damaged_spools_are_published_or_refused(first: int, tmp_path: Path, tally: Tally) -> None:
    """None stops the stream, none costs what is not damaged; a file that is no spool is left as it is."""
    rows: dict[str, Row] = defaultdict(Row)
    with fake_broker() as server:
        for number in range(first, first + BATCH):
            mutate = MUTATIONS[number % len(MUTATIONS)]
            spool = damaged(tmp_path, number, mutate)
            check(mutate, publish_damaged(spool, server, rows[mutate.__name__]))
    for row in rows.values():
        tally.add("spools", {"published": row.spools - row.refused, "refused": row.refused})
        tally.add("spools, their events", {"read": row.read, "not read": row.events - row.read})
    assert BATCH == sum(row.spools for row in rows.values())
    refused = {name for name, row in rows.items() if row.refused}
    assert {"garbage", "database"} <= refused <= {"garbage", "database", "truncate", "lose_the_begin"}


def spill_until_killed(spool: Path, first: int, limits: tuple[int, int], seconds: float) -> list[str]:
    """Lets a process spill events for so long after its first one; the lines that it printed."""
    arguments = map(str, (spool, first, *limits))
    command = [sys.executable, "-m", "tests.hostile.spill_events", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(seconds)
        child.kill()
        lines += child.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]


def kill_again_and_again(
    spool: Path, limits: tuple[int, int], kills: int, seconds: float
) -> tuple[list[int], int]:
    """Kills processes that spill into the same file, each after so many seconds at most.

    Returns:
        The events that were spilled and not removed, and how many were spilled at all.
    """
    rng, waiting, first, spilled = random.Random(limits[1]), dict[int, None](), 0, 0
    for _ in range(kills):
        for line in spill_until_killed(spool, first, limits, rng.uniform(0, seconds)):
            number = int(line[1:])
            if line.startswith("+"):
                waiting[number] = None
                first, spilled = number + 2, spilled + 1  # the next one may be on disk, and was not reported
            else:
                waiting.pop(number, None)
    return list(waiting), spilled


def kill_and_deliver(
    folder: Path, limits: tuple[int, int], kills: int, seconds: float
) -> tuple[int, int, int, int]:
    """Kills processes and delivers what they have spilled, as a row of the table."""
    spool = folder / f"spool{limits[1]}"
    waiting, spilled = kill_again_and_again(spool, limits, kills, seconds)
    with fake_broker() as server, publishing(server.address, spool):
        pass
    arrived = [json.loads(payload)["n"] for payload in server.payloads]
    lost = set(waiting) - set(arrived)
    assert (set(), sorted(arrived)) == (lost, arrived)
    return kills, spilled, len(arrived), len(lost)


@pytest.mark.parametrize("limits", [LARGE, SMALL])
def test_a_killed_process_loses_no_event_that_was_spilled(tmp_path: Path, limits: tuple[int, int]) -> None:
    """Also where its file shrinks all the time."""
    _, spilled, arrived, lost = kill_and_deliver(tmp_path, limits, 2, 0.05)
    assert spilled > 0
    assert (True, 0) == (arrived > 0, lost)


@pytest.mark.hostile
def test_twenty_kills_lose_no_event_that_was_spilled(tmp_path: Path, tally: Tally) -> None:
    """Half of them in a file that shrinks all the time."""
    rows = [kill_and_deliver(tmp_path, limits, KILLS // 2, 0.4) for limits in (LARGE, SMALL)]
    for kills, spilled, _, lost in rows:
        tally.count("kills, spool", "lost nothing" if lost == 0 else "LOST events", kills)
        tally.add("kills, events in the spool", {"delivered": spilled - lost, "lost": lost})
    assert all(spilled > KILLS for _, spilled, _, _ in rows)


def acknowledged_sizes(log: Path) -> list[int]:
    """The sizes of the events that mosquitto has acknowledged, by its own log, each once, in order."""
    size_of: dict[str, int] = {}
    sizes: dict[int, None] = {}
    for line in log.read_text().splitlines():
        received = re.search(rf"Received PUBLISH from \S+ \(.* m(\d+), '{TOPIC}', .*\((\d+) bytes\)\)", line)
        acknowledged = re.search(r"Sending PUBACK to edgebreed\S+ \(m(\d+),", line)
        if received:
            size_of[received[1]] = int(received[2])
        elif acknowledged and acknowledged[1] in size_of:
            sizes[size_of.pop(acknowledged[1])] = None
        elif "starting" in line:
            size_of.clear()
    return list(sizes)


@pytest.mark.hostile
@pytest.mark.broker
def test_a_broker_that_is_killed_in_mid_delivery(tmp_path: Path, tally: Tally) -> None:
    """It has taken every event in the end, in order, and none passes for refused.

    Mosquitto acknowledges an event before it has passed it on, so a subscriber may miss one at each kill.
    """
    outbox, sizes = Outbox(tmp_path / "spool"), list(range(100, 2100))
    for size in sizes:
        outbox.put(json.dumps({"n": size}).ljust(size))
    outbox.close()
    log, rng = tmp_path / "log", random.Random(0)
    settings = f"allow_anonymous true\nmax_inflight_messages 0\nlog_dest file {log}\nlog_type all"
    with broker(tmp_path / "broker", settings) as mosquitto, subscribed(mosquitto.port) as subscriber:
        with publishing(Broker("127.0.0.1", mosquitto.port, False, TOPIC), tmp_path / "spool") as publisher:
            for _ in range(BROKER_KILLS):
                time.sleep(rng.uniform(0, 0.2))
                mosquitto.kill()
                mosquitto.start()
        wait_for(lambda: {"n": sizes[-1]} in subscriber.events())
        missing = set(sizes) - {event["n"] for event in subscriber.events()}
    tally.add(
        "kills, broker, its events", {"passed on": len(sizes) - len(missing), "lost by it": len(missing)}
    )
    assert (sizes, 0) == (acknowledged_sizes(log), publisher.lost)
    assert len(missing) <= BROKER_KILLS
