"""Events over MQTT, with a real broker that is killed."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from edgebreed.edge.camera.events import State
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt import MqttEvents
from edgebreed.live.publisher import Patience

from ..conftest import ROOT
from .feed import answered, change
from .mosquitto import TOPIC, Listener, broker, free_port, listening, wait_for

SOON = Patience(first=0.2, longest=0.5, closing=5)


def numbers(events: list[dict[str, object]]) -> list[object]:
    """The events' numbers in the run."""
    return [event["n"] for event in events]


def reasons(listener: Listener) -> list[object]:
    """The reasons of the states that were heard."""
    return [event["reason"] for event in listener.events()]


def on_disk(spool: Path) -> bytes:
    """The spool's file and its log."""
    return spool.with_name("spool-wal").read_bytes() + spool.read_bytes()


@contextmanager
def stream(port: int, spool: Path) -> Iterator[IO[str]]:
    """A process that publishes the lines that it is given; it is killed in the end."""
    words = [sys.executable, "-m", "tests.live.publish_lines", str(port), str(spool)]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdin is not None
        yield child.stdin
        child.kill()


def test_without_a_broker_the_stream_goes_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Events wait on disk for the next start; who looks at the log learns where and why."""
    spool = tmp_path / "state" / "spool"
    sink = MqttEvents(Broker("127.0.0.1", free_port(), False, TOPIC, "ann", "secret"), spool, 0, SOON)
    start = time.perf_counter()
    for number in range(3):
        sink.changed(change(State.RECONNECTING, f"rtsp://ann:secret@cam is silent, {number}"))
    assert time.perf_counter() - start < 0.5
    sink.close()
    log = capfd.readouterr().err
    assert f"is away ([Errno 111] Connection refused): events wait in {spool}" in log
    assert f"3 events wait in {spool} for the next start, 0 were given up" in log
    assert "secret" not in log
    assert b"secret" not in b"".join(path.read_bytes() for path in spool.parent.iterdir())


@pytest.mark.broker
def test_events_hold_answers_and_states(tmp_path: Path) -> None:
    """As JSON, numbered, with a status that is kept for who comes later."""
    with broker(tmp_path / "broker") as mosquitto, listening(mosquitto.port) as listener:
        sink = MqttEvents(Broker("localhost", mosquitto.port, False, TOPIC), tmp_path / "spool", 60, SOON)
        sink.changed(change(State.RUNNING, "opened"))
        for number in range(5):
            sink.answered(answered(number))
        wait_for(lambda: len(listener.events()) == 2)
        assert ["online"] == listener.statuses()
        sink.close()
        state, answer = listener.events()
        assert ("state", "running", "opened", 1) == tuple(state[k] for k in ("event", "state", "reason", "n"))
        assert ("answer", "known", "Dalmatian", 2) == tuple(
            answer[k] for k in ("event", "kind", "label", "n")
        )
        assert (0, 60.0, state["run"]) == tuple(answer[key] for key in ("number", "age_ms", "run"))
        wait_for(lambda: listener.statuses() == ["online", "offline"])


@pytest.mark.broker
def test_events_outlive_a_broker_that_is_killed(tmp_path: Path) -> None:
    """They go to disk, and all arrive in order once it is back."""
    spool = tmp_path / "spool"
    with broker(tmp_path / "broker") as mosquitto, listening(mosquitto.port) as listener:
        sink = MqttEvents(Broker("127.0.0.1", mosquitto.port, False, TOPIC), spool, 0, SOON)
        sink.changed(change(State.RUNNING, "0"))
        wait_for(lambda: len(listener.events()) == 1 and sink.publisher.waiting == 0)
        time.sleep(1.5)  # so that the broker has saved the listener's session
        mosquitto.kill()
        for number in range(1, 100):
            sink.changed(change(State.RECONNECTING, str(number)))
        wait_for(lambda: b'"n": 100,' in on_disk(spool))
        assert 99 == sink.publisher.waiting
        mosquitto.start()
        wait_for(lambda: sink.publisher.waiting == 0)
        sink.changed(change(State.RUNNING, "again"))
        wait_for(lambda: len(listener.events()) >= 101)
        sink.close()
        assert list(range(1, 102)) == numbers(listener.events())
        assert 0 == sink.publisher.lost


@pytest.mark.broker
def test_events_outlive_the_process(tmp_path: Path) -> None:
    """A process that is killed while the broker is away leaves its events to the next one."""
    spool = tmp_path / "spool"
    with broker(tmp_path / "broker") as mosquitto, listening(mosquitto.port) as listener:
        with stream(mosquitto.port, spool) as lines:
            print("before", file=lines, flush=True)
            wait_for(lambda: reasons(listener) == ["before"])
            time.sleep(1.5)  # so that the broker has saved the listener's session
            mosquitto.kill()
            print("while away 1", "while away 2", sep="\n", file=lines, flush=True)
            wait_for(lambda: b"while away 2" in on_disk(spool))
        mosquitto.start()
        sink = MqttEvents(Broker("127.0.0.1", mosquitto.port, False, TOPIC), spool, 0, SOON)
        wait_for(lambda: len(listener.events()) == 3)
        sink.close()
        assert ["before", "while away 1", "while away 2"] == reasons(listener)


@pytest.mark.broker
def test_the_last_will_tells_of_a_stream_that_was_killed(tmp_path: Path) -> None:
    """Who subscribes later sees it too: it is retained."""
    with broker(tmp_path / "broker") as mosquitto:
        with listening(mosquitto.port) as listener:
            with stream(mosquitto.port, tmp_path / "spool"):
                wait_for(lambda: "online" in listener.statuses())
            wait_for(lambda: listener.statuses()[-1] == "offline")
        with listening(mosquitto.port) as later:
            wait_for(lambda: (f"{TOPIC}/status", "offline", True) in later.heard)
