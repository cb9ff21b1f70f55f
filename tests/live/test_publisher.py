"""Publishing from a background thread."""

import logging
import threading
import time
from pathlib import Path

import pytest

from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import INBOX_SIZE, Publisher, PublishSettings, client_id

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
    assert time.monotonic() - start < 1
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
