"""Publishes events to an MQTT broker from a background thread, and reconnects to it."""

import hashlib
import logging
import queue
import socket
import sqlite3
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt_connection import MqttConnection
from edgebreed.live.outbox import Outbox

INBOX_SIZE = 1000  # events; the thread empties it ten times a second
_POLL_S = 0.1
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishSettings:
    """How long to wait for the broker.

    Attributes:
        backoff: waits between attempts to connect.
        close_timeout_s: longest time in which `close` sends what is left, in s.
    """

    backoff: Backoff = field(default_factory=lambda: Backoff(first=1.0, cap=60.0))
    close_timeout_s: float = 3.0


class Publisher:
    """Accepts events without blocking and sends them in order, each at least once.

    Args:
        broker: where to send them.
        outbox: keeps what is not delivered; `close` closes it.
        settings: how long to wait for the broker.
    """

    def __init__(self, broker: Broker, outbox: Outbox, settings: PublishSettings | None = None) -> None:
        self._broker, self._outbox, self._settings = broker, outbox, settings or PublishSettings()
        self._inbox: queue.Queue[str] = queue.Queue(INBOX_SIZE)
        self._client_id = client_id(outbox.path)
        self._refused = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mqtt")
        self._thread.start()

    @property
    def pending(self) -> int:
        """Events that the broker has not acknowledged yet."""
        return self._inbox.qsize() + len(self._outbox)

    @property
    def lost(self) -> int:
        """Events that were discarded."""
        return self._refused + self._outbox.lost

    def put(self, body: str) -> None:
        """Accepts an event's JSON text; it never blocks."""
        try:
            self._inbox.put_nowait(body)
        except queue.Full:
            self._refused += 1

    def close(self) -> None:
        """Sends what is left if the broker takes it in time; the rest stays on disk for the next start.

        Calling it again does nothing.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join()
        if self.pending or self.lost:
            path = self._outbox.path
            _LOG.warning(
                "%d events wait in %s for the next start, %d were discarded", self.pending, path, self.lost
            )

    def _run(self) -> None:
        waits, reachable, ended = self._settings.backoff.waits(), True, False
        while not ended:  # at least one attempt, also for a stream that has ended already
            try:
                with closing(MqttConnection(self._broker, self._client_id)) as connection:
                    _LOG.info("events go to %s, %d of them waited", self._broker, self.pending)
                    waits, reachable = self._settings.backoff.waits(), True
                    self._serve(connection)
            except (OSError, ValueError, sqlite3.Error) as error:
                if reachable:
                    path = self._outbox.path
                    _LOG.warning("%s is unreachable (%s): events wait in %s", self._broker, error, path)
                reachable = False
                self._outbox.spill()
                self._wait(next(waits))
            ended = self._closing.is_set()
        self._collect()
        self._outbox.close()

    def _serve(self, connection: MqttConnection) -> None:
        """Sends until the stream ends; raises `OSError` if the connection is lost before."""
        connection.publish_status("online")
        deadline = float("inf")
        while not (self._closing.is_set() and self._all_sent(connection)) and time.monotonic() < deadline:
            self._exchange(connection)
            if self._closing.is_set():
                deadline = min(deadline, time.monotonic() + self._settings.close_timeout_s)
        connection.publish_status("offline")
        while not connection.idle and time.monotonic() < deadline + 1:
            self._exchange(connection)

    def _exchange(self, connection: MqttConnection) -> None:
        connection.poll(_POLL_S)
        self._collect()
        acked = connection.acked()
        if acked:
            self._outbox.remove(acked)
        for event in self._outbox.head(connection.window_left, after=connection.last):
            connection.publish(event)

    def _all_sent(self, connection: MqttConnection) -> bool:
        return self.pending == 0 and connection.idle

    def _collect(self) -> None:
        while not self._inbox.empty():
            self._outbox.put(self._inbox.get_nowait())
        self._outbox.save()

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._closing.wait(_POLL_S):
            self._collect()


def client_id(spool: Path) -> str:
    """A client identifier that is the same whenever a stream starts on this machine with this spool file.

    23 characters at most, which every broker accepts (MQTT 3.1.1, section 3.1.3.1).
    """
    name = f"{socket.gethostname()} {uuid.getnode()} {spool.resolve()}"
    return f"edgebreed-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
