"""A real broker and somebody who listens."""

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

TOPIC = "home/dogs"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A broker on the loopback that remembers its sessions when it is killed.

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
        """Ends it as a loss of power would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def broker(folder: Path, settings: str = "allow_anonymous true") -> Iterator[Mosquitto]:
    """A broker that runs."""
    mosquitto = Mosquitto(folder, settings)
    try:
        mosquitto.start()
        yield mosquitto
    finally:
        mosquitto.kill()


class Listener:
    """Hears what is published under the topic, from now on and whoever is away in between."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._client = Client(CallbackAPIVersion.VERSION2, "listener", clean_session=False)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{TOPIC}/#", 1)
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        subscribed: list[int] = []
        self._client.on_subscribe = lambda *_: subscribed.append(1)
        self._client.loop_start()
        wait_for(lambda: bool(subscribed))

    def events(self) -> list[dict[str, Any]]:
        """The events so far."""
        return [json.loads(text) for topic, text, _ in list(self.heard) if topic == TOPIC]

    def statuses(self) -> list[str]:
        """The words at the status topic so far."""
        return [text for topic, text, _ in list(self.heard) if topic == f"{TOPIC}/status"]

    def close(self) -> None:
        """Stops listening."""
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _: Client, __: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload.decode(), message.retain))


@contextmanager
def listening(port: int) -> Iterator[Listener]:
    """Somebody who listens."""
    listener = Listener(port)
    try:
        yield listener
    finally:
        listener.close()


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    """Waits until something is so; it fails the test if it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
