"""Publishing from a background thread."""

import itertools
import json
import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.announcement import RetainedMessage
from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import INBOX_SIZE, Publisher, PublishSettings, client_id
from edgebreed.live.refusals import TRIES

from .fake_broker import FakeBroker, fake_broker
from .mosquitto import TOPIC, broker, free_port, subscribed, wait_for


def test_the_client_identifier_belongs_to_the_spool_file(tmp_path: Path) -> None:
    """The same at every start, short enough for every broker, and another one for another spool file."""
    one, other = (client_id(tmp_path / name) for name in ("one.db", "other.db"))
    assert (one, 22) == (client_id(tmp_path / "one.db"), len(one))
    assert one != other


def test_closing_does_not_wait_for_the_next_attempt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However long that takes; closing again does nothing."""
    publisher = Publisher(
        Broker("127.0.0.1", free_port(), False, TOPIC),
        Outbox(tmp_path / "spool"),
        PublishSettings(Backoff(600, cap=600)),
    )
    publisher.put("{}")
    start = time.monotonic()
    publisher.close()
    assert time.monotonic() - start < 5
    assert 1 == publisher.pending
    caplog.clear()
    publisher.close()
    assert [] == caplog.records
    assert "mqtt" not in {thread.name for thread in threading.enumerate()}


def test_a_flood_is_bounded_and_counted(tmp_path: Path) -> None:
    """`put` never blocks, and every event is either pending or counted as lost."""
    publisher = Publisher(Broker("127.0.0.1", free_port(), False, TOPIC), Outbox(tmp_path / "spool"))
    start = time.monotonic()
    for _ in range(5 * INBOX_SIZE):
        publisher.put("{}")
    assert time.monotonic() - start < 5
    publisher.close()
    assert 5 * INBOX_SIZE == publisher.pending + publisher.lost
    assert publisher.lost > 0


@pytest.mark.broker
def test_the_last_events_before_the_end_are_sent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A stream of one frame publishes it, and is offline when it has ended."""
    caplog.set_level(logging.INFO, "edgebreed.live")
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port) as subscriber:
        for number in range(2):
            publisher = Publisher(
                Broker("127.0.0.1", mosquitto.port, False, TOPIC), Outbox(tmp_path / "spool")
            )
            publisher.put(f'{{"n": {number}}}')
            publisher.close()
        wait_for(lambda: len(subscriber.events()) == 2)
        assert [{"n": 0}, {"n": 1}] == subscriber.events()
        wait_for(lambda: subscriber.statuses() == ["online", "offline"] * 2)
    assert f"events go to mqtt://127.0.0.1:{mosquitto.port}/{TOPIC}" in caplog.text


EAGER = PublishSettings(Backoff(0.01, cap=0.02))


@contextmanager
def publishing(server: FakeBroker, spool: Path, *bodies: str) -> Iterator[Publisher]:
    """A publisher that finds these events in its spool file at the start."""
    outbox = Outbox(spool)
    for body in bodies:
        outbox.put(body)
    publisher = Publisher(server.address, outbox, EAGER)
    try:
        yield publisher
    finally:
        publisher.close()


@pytest.mark.parametrize("bad", [{0}, {3}, {9}, {4, 5, 6}, set(range(9)), {*range(1, 10)}])
def test_a_refused_event_does_not_keep_back_the_others(
    tmp_path: Path, bad: set[int], caplog: pytest.LogCaptureFixture
) -> None:
    """It is discarded and counted, the first one is reported by its size; the others arrive in order."""
    bodies = [("x" * 500 if number in bad else "y") + str(number) for number in range(11)]
    with (
        fake_broker(lambda topic, payload: len(payload) < 100) as server,
        publishing(server, tmp_path / "spool", *bodies) as publisher,
    ):
        wait_for(lambda: publisher.pending == 0)
        arrived = list(dict.fromkeys(server.payloads))  # an acknowledgement may be lost with the connection
        assert [f"y{number}".encode() for number in range(11) if number not in bad] == arrived
        assert (len(bad), len(bad)) == (publisher.refused, publisher.lost)
    refusal = f"{server.address} refuses an event of 501 bytes: it is discarded"
    assert 1 == sum(refusal in record.getMessage() for record in caplog.records)


@pytest.mark.broker
def test_an_event_beyond_the_packet_size_of_a_broker(tmp_path: Path) -> None:
    """Mosquitto ends the connection on it."""
    settings = "allow_anonymous true\nmax_packet_size 2000"
    with broker(tmp_path / "broker", settings) as mosquitto, subscribed(mosquitto.port) as subscriber:
        where = Broker("127.0.0.1", mosquitto.port, False, TOPIC)
        publisher = Publisher(where, Outbox(tmp_path / "spool"), EAGER)
        for number in range(30):
            publisher.put(json.dumps({"n": number, "label": "x" * (3000 * (number == 10))}))
        wait_for(lambda: publisher.pending == 0 and {"n": 29, "label": ""} in subscriber.events())
        arrived = list(dict.fromkeys(event["n"] for event in subscriber.events()))
        assert [number for number in range(30) if number != 10] == arrived
        assert 1 == publisher.refused
        publisher.close()


def test_hundreds_of_refused_events_cost_a_few_connections(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Their size tells them; smaller ones are not kept back, and the log stays short."""
    caplog.set_level(logging.INFO, "edgebreed.live")
    bodies = ["y" + str(n) if n % 26 == 25 else "x" * (600 + n % 7) for n in range(520)]
    with (
        fake_broker(lambda topic, payload: len(payload) < 600) as server,
        publishing(server, tmp_path / "spool", *bodies) as publisher,
    ):
        wait_for(lambda: publisher.pending == 0)
        arrived = [text.decode() for text in dict.fromkeys(server.payloads)]
        assert [body for body in bodies if body[0] == "y"] == arrived
        assert (500, 500) == (publisher.refused, publisher.lost)
        assert server.connects < 50
        publisher.put("x" * 900)
        wait_for(lambda: publisher.refused == 501)
    assert len(caplog.records) <= 10


def test_where_events_become_too_large_they_go_without_a_smaller_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is enough that the broker took smaller ones before."""
    with (
        fake_broker(lambda topic, payload: len(payload) < 100) as server,
        publishing(server, tmp_path / "spool", "small") as publisher,
    ):
        for number in itertools.count():
            publisher.put("x" * (500 - number % 20))
            time.sleep(0.01)
            if publisher.refused > 20:
                break
        assert {b"small"} == set(server.payloads)
    assert 1 == sum("refuses an event" in record.getMessage() for record in caplog.records)


def test_an_outage_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However many attempts fail meanwhile, and whether they fail before or after the connection."""
    caplog.set_level(logging.INFO, "edgebreed.live")
    allowed = threading.Event()
    with (
        fake_broker(lambda *_: allowed.is_set()) as server,
        publishing(server, tmp_path / "spool", "1") as publisher,
    ):
        wait_for(lambda: server.connects > 9)
        allowed.set()
        wait_for(lambda: publisher.pending == 0)
    assert 1 == sum("is unreachable" in record.getMessage() for record in caplog.records)
    assert 1 == sum("events go to" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("name", ["n\udcff", "caf\u00e9"])
def test_a_spool_file_of_any_name_has_a_client_identifier(tmp_path: Path, name: str) -> None:
    """A name of the file system may hold bytes that are no UTF-8."""
    assert client_id(tmp_path / name) != client_id(tmp_path / "n")


def test_a_topic_that_is_not_allowed_is_not_the_events_fault(tmp_path: Path) -> None:
    """They wait, and all arrive once it is allowed, without a new one; the first may overtake others."""
    allowed = threading.Event()
    bodies = [str(number) for number in range(8)]
    with (
        fake_broker(lambda topic, _: topic != TOPIC or allowed.is_set()) as server,
        publishing(server, tmp_path / "spool", *bodies[:4]) as publisher,
    ):
        wait_for(lambda: server.connects > 5 * TRIES)
        assert (4, 0) == (publisher.pending, publisher.lost)
        allowed.set()
        wait_for(lambda: publisher.pending == 0)
        for body in bodies[4:]:
            publisher.put(body)
        wait_for(lambda: publisher.pending == 0)
        arrived = {payload.decode() for payload in server.payloads}
        assert (set(bodies), 0) == (arrived, publisher.lost)


def test_nothing_is_sent_where_the_status_is_not_allowed(tmp_path: Path) -> None:
    """And no event is blamed."""
    with (
        fake_broker(lambda topic, _: topic == TOPIC) as server,
        publishing(server, tmp_path / "spool", "1") as publisher,
    ):
        wait_for(lambda: server.connects > 9)
        assert ([], 1, 0) == (server.payloads, publisher.pending, publisher.lost)


def test_events_follow_the_acknowledged_status(tmp_path: Path) -> None:
    """Which shows that the connection works, so that an event that ends it stands out."""
    with fake_broker(lambda topic, _: topic == TOPIC or None) as server:
        settings = PublishSettings(Backoff(0.01, cap=0.02), close_timeout_s=0.3)
        publisher = Publisher(server.address, Outbox(tmp_path / "spool"), settings)
        publisher.put("1")
        publisher.close()
        assert ([], 1) == (server.payloads, publisher.pending)


@pytest.mark.parametrize("seed", range(2))
def test_an_unstable_network_costs_no_event(tmp_path: Path, seed: int) -> None:
    """Connections end at any message, before or after the broker has taken it."""
    rng, taken = random.Random(seed), []

    def takes(topic: str, payload: bytes) -> bool:
        if rng.random() < 0.1:
            return False
        if topic == TOPIC:
            taken.append(payload.decode())
        return rng.random() < 0.9

    bodies = [str(number) for number in range(100)]
    with fake_broker(takes) as server, publishing(server, tmp_path / "spool", *bodies) as publisher:
        wait_for(lambda: publisher.pending == 0)
        assert (bodies, 0) == (list(dict.fromkeys(taken)), publisher.lost)


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH\r\n", b"\x20\x02\x00\x00\x40\x01\x00", b"\x20\x02\x00\x00\xff"]
)
def test_a_server_that_speaks_nonsense_does_not_end_the_thread(tmp_path: Path, greeting: bytes) -> None:
    """Events wait."""
    with (
        fake_broker(greeting=greeting) as server,
        publishing(server, tmp_path / "spool", "1") as publisher,
    ):
        wait_for(lambda: server.connects > 3)
        publisher.put("2")
        wait_for(lambda: b" 2\n" in (tmp_path / "spool").read_bytes())
        assert (2, 0) == (publisher.pending, publisher.lost)


@contextmanager
def describing(server: FakeBroker, spool: Path) -> Iterator[Publisher]:
    """A publisher with a retained message."""
    settings = PublishSettings(Backoff(0.01, cap=0.02))
    publisher = Publisher(server.address, Outbox(spool), settings, [RetainedMessage("config", b"{}")])
    try:
        yield publisher
    finally:
        publisher.close()


def test_retained_messages_come_before_the_events(tmp_path: Path) -> None:
    """After the status, at every connection."""
    taken: list[str] = []

    def takes(topic: str, _: bytes) -> bool:
        taken.append(topic)
        return len(taken) != 4

    with fake_broker(takes) as server, describing(server, tmp_path / "spool") as publisher:
        publisher.put("1")
        wait_for(lambda: server.payloads)
        publisher.put("2")
        wait_for(lambda: publisher.pending == 0)
        start = [f"{TOPIC}/status", "config", TOPIC]
    assert [*start, TOPIC, *start] == taken[:7]


def test_a_broker_that_refuses_retained_messages_gets_the_events(tmp_path: Path) -> None:
    """Its refusal costs some connections."""
    with (
        fake_broker(lambda topic, _: topic != "config") as server,
        describing(server, tmp_path / "spool") as publisher,
    ):
        publisher.put("1")
        wait_for(lambda: publisher.pending == 0)
        assert ([b"1"], 0) == (server.payloads, publisher.lost)
        assert TRIES + 1 == server.connects
