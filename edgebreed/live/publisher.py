"""Publishes events to an MQTT broker from a background thread, and reconnects to it."""

import hashlib
import logging
import queue
import socket
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
from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.refusals import Refusals

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

    An event that the broker refuses is discarded, so that it does not keep back the others.

    Args:
        broker: where to send them.
        outbox: keeps what is not delivered; `close` closes it.
        settings: how long to wait for the broker.
    """

    def __init__(self, broker: Broker, outbox: Outbox, settings: PublishSettings | None = None) -> None:
        self._broker, self._outbox, self._settings = broker, outbox, settings or PublishSettings()
        self._inbox: queue.Queue[str] = queue.Queue(INBOX_SIZE)
        self._client_id = client_id(outbox.path)
        self._overflowed = self._refused = 0
        self._refusals, self._sent_to = Refusals(), 0
        self._waits, self._failing = self._settings.backoff.waits(), False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mqtt")
        self._thread.start()

    @property
    def pending(self) -> int:
        """Events that the broker has not acknowledged yet."""
        return self._inbox.qsize() + len(self._outbox)

    @property
    def lost(self) -> int:
        """Events that were discarded, with those that the broker refused."""
        return self._overflowed + self._refused + self._outbox.lost

    @property
    def refused(self) -> int:
        """Events that the broker refused."""
        return self._refused

    def put(self, body: str) -> None:
        """Accepts an event's JSON text; it never blocks."""
        try:
            self._inbox.put_nowait(body)
        except queue.Full:
            self._overflowed += 1

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
        ended = False
        while not ended:  # at least one attempt, also for a stream that has ended already
            try:
                with closing(MqttConnection(self._broker, self._client_id)) as connection:
                    _LOG.info("events go to %s, %d of them waited", self._broker, self.pending)
                    self._serve(connection)
            except OSError as error:
                if not self._failing:
                    path = self._outbox.path
                    _LOG.warning("%s is unreachable (%s): events wait in %s", self._broker, error, path)
                self._failing = True
                self._outbox.spill()
                self._wait(next(self._waits))
            ended = self._closing.is_set()
        self._collect()
        self._outbox.close()

    def _serve(self, connection: MqttConnection) -> None:
        """Sends until the stream ends; raises `OSError` if the connection is lost before."""
        self._sent_to = 0
        try:
            connection.publish_status("online")
            self._send_all(connection)
        except OSError as error:
            self._take_acknowledgements(connection)
            if connection.idle:
                self._made_progress()
            elif not isinstance(error, TimeoutError):
                self._look_for_refused(connection.unacked)
            raise

    def _send_all(self, connection: MqttConnection) -> None:
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
        self._take_acknowledgements(connection)
        for event in self._next_events(connection):
            self._sent_to = event.number
            connection.publish(event)

    def _next_events(self, connection: MqttConnection) -> list[QueuedEvent]:
        """The events to send now: none before the status has shown that the broker takes messages."""
        alone_to = self._refusals.alone_to
        if self._sent_to <= alone_to and not connection.idle:
            return []
        events = self._outbox.head(connection.window_left, max(self._sent_to, self._refusals.passed_to))
        if events and events[0].number <= alone_to:
            return events[:1] if connection.idle else []
        return events

    def _take_acknowledgements(self, connection: MqttConnection) -> None:
        acked = connection.acked()
        if acked:
            self._outbox.remove(acked)
            self._made_progress()
            if self._refusals.accepted(acked):
                self._sent_to = 0

    def _made_progress(self) -> None:
        """Lets the next failure be reported, and the next attempt follow it soon."""
        self._waits, self._failing = self._settings.backoff.waits(), False

    def _look_for_refused(self, unacked: set[int]) -> None:
        refused = self._refusals.connection_ended(unacked)
        if refused is not None:
            self._set_aside(refused)
        if refused is not None or self._refusals.passed_to in unacked:
            self._waits = self._settings.backoff.waits()  # as another event is sent next

    def _set_aside(self, number: int) -> None:
        for event in self._outbox.head(1, after=number - 1):
            if event.number == number:
                message = "%s refuses event %d of %d bytes: it is discarded"
                _LOG.warning(message, self._broker, number, event.size)
                self._outbox.remove({number})
                self._refused += 1

    def _all_sent(self, connection: MqttConnection) -> bool:
        return self.pending == 0 and connection.idle

    def _collect(self) -> None:
        while not self._inbox.empty():
            self._outbox.put(self._inbox.get_nowait())
        self._outbox.save()

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._closing.wait(min(_POLL_S, seconds)):
            self._collect()


def client_id(spool: Path) -> str:
    """A client identifier that is the same whenever a stream starts on this machine with this spool file.

    23 characters at most, which every broker accepts (MQTT 3.1.1, section 3.1.3.1).
    """
    name = f"{socket.gethostname()} {uuid.getnode()} {spool.resolve()}"
    return f"edgebreed-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
