"""Sends events from a thread of its own."""

import threading
import time
from pathlib import Path

import pytest

from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import INBOX, Patience, Publisher

from .mosquitto import TOPIC, broker, free_port, listening, wait_for


@pytest.mark.parametrize(("attempt", "least", "most"), [(0, 0.5, 1), (3, 4, 8), (5, 10, 20), (9999, 10, 20)])
def test_delays_double_up_to_a_limit_and_scatter(attempt: int, least: float, most: float) -> None:
    """Each between half of the delay and all of it."""
    delays = [Patience(first=1, longest=20).delay(attempt) for _ in range(200)]
    assert least <= min(delays) < (least + most) / 2 < max(delays) <= most


def test_closing_does_not_wait_for_the_next_attempt(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """However long that is; closing once more does nothing."""
    publisher = Publisher(
        Broker("127.0.0.1", free_port(), False, TOPIC),
        Outbox(tmp_path / "spool"),
        Patience(first=600, longest=600),
    )
    publisher.put("{}")
    start = time.monotonic()
    publisher.close()
    assert time.monotonic() - start < 5
    assert 1 == publisher.waiting
    capfd.readouterr()
    publisher.close()
    assert "" == capfd.readouterr().err
    assert "mqtt" not in {thread.name for thread in threading.enumerate()}


def test_a_flood_is_bounded_and_counted(tmp_path: Path) -> None:
    """Putting never waits, and nothing vanishes without a trace."""
    publisher = Publisher(Broker("127.0.0.1", free_port(), False, TOPIC), Outbox(tmp_path / "spool"))
    start = time.monotonic()
    for _ in range(5 * INBOX):
        publisher.put("{}")
    assert time.monotonic() - start < 1
    publisher.close()
    assert 5 * INBOX == publisher.waiting + publisher.lost
    assert publisher.lost > 0


@pytest.mark.broker
def test_what_came_right_before_the_end_is_sent(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A stream of one frame publishes it, and is offline when it has ended."""
    with broker(tmp_path / "broker") as mosquitto, listening(mosquitto.port) as listener:
        for number in range(2):
            publisher = Publisher(
                Broker("127.0.0.1", mosquitto.port, False, TOPIC), Outbox(tmp_path / "spool")
            )
            publisher.put(f'{{"n": {number}}}')
            publisher.close()
        wait_for(lambda: len(listener.events()) == 2)
        assert [{"n": 0}, {"n": 1}] == listener.events()
        wait_for(lambda: listener.statuses() == ["online", "offline"] * 2)
    assert f"events go to mqtt://127.0.0.1:{mosquitto.port}/home/dogs" in capfd.readouterr().err
