"""The file of events."""

import json
from pathlib import Path

import pytest

from edgebreed.edge.stream.events import State, StateChange
from edgebreed.errors import InputError
from edgebreed.live.mqtt import MqttSink
from edgebreed.live.routes import status
from edgebreed.live.stream_state import StreamState
from edgebreed.outputs.event_file import EventFileSink

from ..live.feed import change, frame_result
from ..live.mosquitto import TOPIC, broker, subscribed, wait_for


def lines(path: Path) -> list[dict[str, object]]:
    """The events in a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_event_is_on_disk_at_once(tmp_path: Path) -> None:
    """Before the file is closed, so that a power failure loses none."""
    sink, result = EventFileSink(tmp_path / "e.jsonl", overwrite=False), frame_result()
    lost = StateChange(State.RECONNECTING, "no new frame", 12.5)
    sink.on_state(lost)
    sink.on_result(result)
    written = lines(tmp_path / "e.jsonl")
    sink.close()
    assert [lost.to_dict(), result.to_dict()] == written


@pytest.mark.broker
def test_file_mqtt_and_page_carry_the_same_keys(tmp_path: Path) -> None:
    """MQTT adds the run and the event's number in it."""
    from edgebreed.live.broker import Broker

    result, running = frame_result(), change(State.RUNNING, "opened")
    file, page = EventFileSink(tmp_path / "e.jsonl", overwrite=False), StreamState()
    with broker(tmp_path / "broker") as mosquitto, subscribed(mosquitto.port) as subscriber:
        mqtt = MqttSink(Broker("127.0.0.1", mosquitto.port, False, TOPIC), tmp_path / "spool", 10.0)
        for sink in (file, page, mqtt):
            sink.on_state(running)
            sink.on_result(result)
        wait_for(lambda: len(subscriber.events()) == 2)
        mqtt.close()
    file.close()
    shown = json.loads(json.dumps(status(page.snapshot())))
    published = [
        {key: event[key] for key in event if key not in {"run", "n"}} for event in subscriber.events()
    ]
    assert lines(tmp_path / "e.jsonl") == [shown["state"], shown["result"]] == published


def test_a_full_disk_is_one_line() -> None:
    """With the file and the system's reason."""
    sink = EventFileSink(Path("/dev/full"), overwrite=True)
    with pytest.raises(InputError, match="cannot write events to /dev/full: No space left on device"):
        sink.on_result(frame_result())
    sink.close()


def test_a_file_of_something_else_is_kept(tmp_path: Path) -> None:
    """Unless it may be replaced."""
    (tmp_path / "e.jsonl").write_text("mine")
    with pytest.raises(
        InputError, match="e.jsonl holds something else than events: pass --overwrite or another"
    ):
        EventFileSink(tmp_path / "e.jsonl", overwrite=False)
    assert "mine" == (tmp_path / "e.jsonl").read_text()


def test_a_file_that_another_stream_writes_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    first = EventFileSink(tmp_path / "e.jsonl", overwrite=False)
    with pytest.raises(InputError, match="another stream writes .*e.jsonl: give each a file of its own"):
        EventFileSink(tmp_path / "e.jsonl", overwrite=True)
    first.close()
