"""A real broker and a subscriber."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from ..conftest import MOSQUITTO

TOPIC = "plant/line-1"


def free_port() -> int:
    """A port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A broker on the loopback that restores its sessions after it was killed.

    Args:
        folder: where it keeps its files.
        settings: lines of its configuration.
    """

    def __init__(self, folder: Path, settings: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        folder.mkdir(exist_ok=True)
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\n{settings}\nuser root\npersistence true\n"
            f"persistence_location {folder}/\nautosave_on_changes true\nautosave_interval 1\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it listens."""
        assert MOSQUITTO is not None
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._file], stderr=subprocess.DEVNULL)
        wait_for(self._listens)

    def kill(self) -> None:
        """Kills it, as a power failure would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def broker(folder: Path, settings: str = "allow_anonymous true") -> Iterator[Mosquitto]:
    """A running broker."""
    mosquitto = Mosquitto(folder, settings)
    try:
        mosquitto.start()
        yield mosquitto
    finally:
        mosquitto.kill()


class Subscriber:
    """Receives what is published under a topic from now on, also after a restart of the broker."""

    def __init__(self, port: int, topic: str) -> None:
        self.received: list[tuple[str, str, bool]] = []
        self._client = Client(CallbackAPIVersion.VERSION2, "subscriber", clean_session=False)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{topic}/#", 1)
        self._client.on_message = self._receive
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        confirmed: list[int] = []
        self._client.on_subscribe = lambda *_: confirmed.append(1)
        self._client.loop_start()
        wait_for(lambda: bool(confirmed))

    def events(self) -> list[dict[str, Any]]:
        """The events received so far."""
        return [json.loads(text) for topic, text, _ in list(self.received) if topic == TOPIC]

    def statuses(self) -> list[str]:
        """The messages of the status topic received so far."""
        return [text for topic, text, _ in list(self.received) if topic == f"{TOPIC}/status"]

    def close(self) -> None:
        """Disconnects."""
        self._client.disconnect()
        self._client.loop_stop()

    def _receive(self, _: Client, __: Any, message: MQTTMessage) -> None:
        self.received.append((message.topic, message.payload.decode(), message.retain))


@contextmanager
def subscribed(port: int, topic: str = TOPIC) -> Iterator[Subscriber]:
    """A subscriber that is connected."""
    subscriber = Subscriber(port, topic)
    try:
        yield subscriber
    finally:
        subscriber.close()


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    """Waits until a condition holds; fails the test if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"the condition did not hold in {seconds} s"
        time.sleep(0.05)
