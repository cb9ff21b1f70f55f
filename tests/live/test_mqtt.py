"""Events over MQTT, with a real broker that is killed, and the filter of unchanged results."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from edgebreed.edge.prediction import Kind
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.broker import Broker
from edgebreed.live.home_assistant import DiscoveryDevice, discovery_message
from edgebreed.live.mqtt import ChangeFilter, MqttSink
from edgebreed.live.publisher import PublishSettings

from ..conftest import ROOT, colour_manifest
from .discovery_schema import check_message
from .feed import TOP, ManualClock, change, frame_result, result
from .mosquitto import TOPIC, Subscriber, broker, free_port, subscribed, wait_for

QUICK = PublishSettings(Backoff(0.2, cap=0.5), close_timeout_s=5)


def test_an_unchanged_result_passes_again_after_a_while() -> None:
    """The first one at once, then every ten seconds."""
    clock = ManualClock()
    changes = ChangeFilter(10, clock)
    passed = []
    for number in range(25):
        clock.now = 1000.0 + number
        passed.append(changes.passes(result(number)))
    assert [0, 10, 20] == [second for second, passes in enumerate(passed) if passes]


def test_a_changed_result_passes_at_once() -> None:
    """Another label or kind; another probability is no change."""
    clock = ManualClock()
    changes = ChangeFilter(10, clock)
    results = [
        result(),
        result(label="star"),
        result(label="star", kind=Kind.PERSON),
        result(kind=Kind.UNKNOWN),
    ]
    for changed in results:
        clock.now += 1
        assert (True, False) == (changes.passes(changed), changes.passes(changed))


def test_another_label_beside_the_first_passes_at_once() -> None:
    """Of a multi-label model; the order of its labels is no change."""
    clock = ManualClock()
    changes = ChangeFilter(10, clock)
    passed = []
    for labels in (TOP[:1], TOP[:2], TOP[1::-1], ()):
        clock.now += 1
        passed.append(changes.passes(result(labels=labels)))
    assert [True, True, False, True] == passed


def test_a_flickering_result_is_limited() -> None:
    """Thirty changes a second become five events."""
    clock = ManualClock()
    changes = ChangeFilter(10, clock)
    passed = 0
    for number in range(300):
        clock.now += 1 / 30
        passed += changes.passes(result(label=f"class {number % 2}"))
    assert 40 <= passed <= 51


def numbers(events: list[dict[str, object]]) -> list[object]:
    """The numbers of the events in their run."""
    return [event["n"] for event in events]


def reasons(subscriber: Subscriber) -> list[object]:
    """The reasons of the states that were received."""
    return [event["reason"] for event in subscriber.events()]


def on_disk(spool: Path) -> bytes:
    """The contents of the spool file."""
    return spool.read_bytes()


@contextmanager
def stream(port: int, spool: Path) -> Iterator[IO[str]]:
    """A process that publishes the lines written to it, and is killed at the end."""
    command = [sys.executable, "-m", "tests.live.publish_lines", str(port), str(spool)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdin is not None
        yield child.stdin
        child.kill()


def test_without_a_broker_the_stream_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Events wait on disk for the next start; the log says where and why."""
    spool = tmp_path / "state" / "spool"
    sink = MqttSink(Broker("127.0.0.1", free_port(), False, TOPIC, "ann", "secret"), spool, 0, QUICK)
    start = time.perf_counter()
    for number in range(3):
        sink.on_state(change(State.RECONNECTING, f"rtsp://ann:secret@cam is silent, {number}"))
    assert time.perf_counter() - start < 5
    sink.close()
    log = caplog.text
    assert f"is unreachable ([Errno 111] Connection refused): events wait in {spool}" in log
    assert f"3 events wait in {spool} for the next start, 0 were discarded" in log
    assert "secret" not in log
    assert b"secret" not in b"".join(path.read_bytes() for path in spool.parent.iterdir())


@pytest.mark.broker
def test_results_and_states_are_published(tmp_path: Path) -> None:
    """As JSON, numbered, with a retained status."""
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port) as subscriber:
        sink = MqttSink(Broker("localhost", mosquitto.port, False, TOPIC), tmp_path / "spool", 60, QUICK)
        sink.on_state(change(State.RUNNING, "opened"))
        for number in range(5):
            sink.on_result(frame_result(number))
        wait_for(lambda: len(subscriber.events()) == 2)
        assert ["online"] == subscriber.statuses()
        sink.close()
        state, event = subscriber.events()
        assert ("state", "running", "opened", 1) == tuple(state[k] for k in ("event", "state", "reason", "n"))
        assert ("result", "known", "square", 2) == tuple(event[k] for k in ("event", "kind", "label", "n"))
        assert (0, 60.0, state["run"]) == tuple(event[k] for k in ("number", "frame_latency_ms", "run"))
        wait_for(lambda: subscriber.statuses() == ["online", "offline"])


@pytest.mark.broker
def test_events_survive_a_broker_that_is_killed(tmp_path: Path) -> None:
    """They go to disk, and all arrive in order once it is back."""
    spool = tmp_path / "spool"
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port) as subscriber:
        sink = MqttSink(Broker("127.0.0.1", mosquitto.port, False, TOPIC), spool, 0, QUICK)
        sink.on_state(change(State.RUNNING, "0"))
        wait_for(lambda: len(subscriber.events()) == 1 and sink.publisher.pending == 0)
        time.sleep(1.5)  # until the broker has saved the subscriber's session
        mosquitto.kill()
        for number in range(1, 100):
            sink.on_state(change(State.RECONNECTING, str(number)))
        wait_for(lambda: b'"n": 100,' in on_disk(spool))
        assert 99 == sink.publisher.pending
        mosquitto.start()
        wait_for(lambda: sink.publisher.pending == 0)
        sink.on_state(change(State.RUNNING, "again"))
        wait_for(lambda: len(subscriber.events()) >= 101)
        sink.close()
        assert list(range(1, 102)) == numbers(subscriber.events())
        assert 0 == sink.publisher.lost


@pytest.mark.broker
def test_events_survive_a_process_that_is_killed(tmp_path: Path) -> None:
    """If the broker was unreachable, the next process sends them."""
    spool = tmp_path / "spool"
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port) as subscriber:
        with stream(mosquitto.port, spool) as lines:
            print("before", file=lines, flush=True)
            wait_for(lambda: reasons(subscriber) == ["before"])
            time.sleep(1.5)  # until the broker has saved the subscriber's session
            mosquitto.kill()
            print("while unreachable 1", "while unreachable 2", sep="\n", file=lines, flush=True)
            wait_for(lambda: b"while unreachable 2" in on_disk(spool))
        mosquitto.start()
        sink = MqttSink(Broker("127.0.0.1", mosquitto.port, False, TOPIC), spool, 0, QUICK)
        wait_for(lambda: len(subscriber.events()) == 3)
        sink.close()
        assert ["before", "while unreachable 1", "while unreachable 2"] == reasons(subscriber)


@pytest.mark.broker
def test_the_last_will_reports_a_stream_that_was_killed(tmp_path: Path) -> None:
    """It is retained, so that a later subscriber receives it too."""
    with broker(tmp_path / "broker") as mosquitto:
        with subscribed(mosquitto.port) as subscriber:
            with stream(mosquitto.port, tmp_path / "spool"):
                wait_for(lambda: "online" in subscriber.statuses())
            wait_for(lambda: subscriber.statuses()[-1] == "offline")
        with subscribed(mosquitto.port) as later:
            wait_for(lambda: (f"{TOPIC}/status", "offline", True) in later.received)


@pytest.mark.broker
def test_home_assistant_finds_the_stream(tmp_path: Path) -> None:
    """Also if it starts later, as the description is retained; it is sent again after a lost connection."""
    with broker(tmp_path / "broker") as mosquitto:
        where = Broker("127.0.0.1", mosquitto.port, False, TOPIC)
        message = discovery_message("homeassistant", DiscoveryDevice.of(where, colour_manifest()))
        with subscribed(mosquitto.port, "homeassistant") as early:
            sink = MqttSink(where, tmp_path / "spool", 60, QUICK, retained=[message])
            wait_for(lambda: len(early.received) == 1)
            time.sleep(1.5)  # until the broker has saved the subscriber's session
            mosquitto.kill()
            mosquitto.start()
            wait_for(lambda: [retained for *_, retained in early.received].count(False) == 2)
        sink.close()
        with subscribed(mosquitto.port, "homeassistant") as late:
            wait_for(lambda: late.received)
            topic, payload, retained = late.received[0]
    assert (*message, True) == (topic, payload.encode(), retained)
    check_message(topic, json.loads(payload))


@pytest.mark.broker
def test_without_a_description_nothing_else_is_published(tmp_path: Path) -> None:
    """But the events and the status."""
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port, "+") as everything:
        sink = MqttSink(Broker("127.0.0.1", mosquitto.port, False, TOPIC), tmp_path / "spool", 60, QUICK)
        sink.on_state(change(State.RUNNING))
        wait_for(everything.events)
        sink.close()
        wait_for(lambda: everything.statuses() == ["online", "offline"])
        assert {TOPIC, f"{TOPIC}/status"} == {topic for topic, _, _ in everything.received}
