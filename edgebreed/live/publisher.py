"""Publishes events to an MQTT broker from a background thread, and reconnects to it."""

import hashlib
import logging
import os
import queue
import socket
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from edgebreed.edge.stream.pacing import Backoff
from edgebreed.live.announcement import Announcement, RetainedMessage
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt_connection import MqttConnection
from edgebreed.live.outbox import Outbox
from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.refusals import NO_SIZE, Refusals

INBOX_SIZE = 1000  # events; the thread empties it ten times a second
_POLL_S = 0.1
_STABLE_S = 60.0  # a connection that lasts so long is none of those that break at once
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
        retained: messages that describe the stream; each connection begins with them.
    """

    def __init__(
        self,
        broker: Broker,
        outbox: Outbox,
        settings: PublishSettings | None = None,
        retained: Sequence[RetainedMessage] = (),
    ) -> None:
        self._broker, self._outbox, self._settings = broker, outbox, settings or PublishSettings()
        self._inbox: queue.Queue[str] = queue.Queue(INBOX_SIZE)
        self._client_id = client_id(outbox.path)
        self._announcement = Announcement(retained)
        self._overflowed = self._refused = 0
        self._refusals, self._sent_to = Refusals(), 0
        self._smallest_reported = NO_SIZE
        self._waits = self._settings.backoff.waits()
        self._reported_up: bool | None = None
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
                    self._serve(connection)
            except OSError as error:
                self._report_down(error)
            if not self._closing.is_set():
                self._outbox.spill()
                self._wait(next(self._waits))
            ended = self._closing.is_set()
        self._collect()
        self._outbox.close()

    def _serve(self, connection: MqttConnection) -> None:
        """Sends until the stream ends, or until the connection is lost, which may be an event's fault.

        Raises:
            OSError: the connection is lost without an event on its way, or the broker is silent.
        """
        self._sent_to, start = 0, time.monotonic()
        self._announcement.connected()
        try:
            connection.publish_status("online")
            self._send_all(connection)
        except OSError as error:
            self._take_acknowledgements(connection)
            if time.monotonic() - start > _STABLE_S:
                self._made_progress()
            if not connection.idle and not isinstance(error, TimeoutError):
                self._look_for_refused(connection.unacked)
            if not connection.unacked or isinstance(error, TimeoutError):
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
        if connection.idle:
            self._announce(connection)
        if connection.idle:
            self._report_up()
            self._discard_too_large()
        for event in self._next_events(connection):
            self._sent_to = event.number
            connection.publish(event)

    def _announce(self, connection: MqttConnection) -> None:
        for message in self._announcement.due():
            connection.publish_retained(message)

    def _next_events(self, connection: MqttConnection) -> list[QueuedEvent]:
        """The events to send now: none before the status has shown that the broker takes messages."""
        alone_to = self._refusals.alone_to
        if self._sent_to <= alone_to and not connection.idle:
            return []
        events = self._outbox.head(connection.window_left, self._sent_to, self._refusals.held_from)
        if events and events[0].number <= alone_to:
            return events[:1] if connection.idle else []
        return events if events or not connection.idle else self._next_held()

    def _next_held(self) -> list[QueuedEvent]:
        """The next event of those that were held, if any: it is sent alone."""
        events = self._outbox.head(1, self._refusals.tried_to) or self._outbox.head(1)
        for event in events:
            self._refusals.send_alone(event.number)
        return events

    def _take_acknowledgements(self, connection: MqttConnection) -> None:
        acked = connection.acked()
        if acked:
            self._outbox.remove(set(acked))
            self._made_progress()
            if self._refusals.accepted(acked):
                self._sent_to = 0

    def _made_progress(self) -> None:
        """Lets the next attempt follow a failure soon."""
        self._waits = self._settings.backoff.waits()

    def _report_up(self) -> None:
        if not self._reported_up:
            _LOG.info("events go to %s, %d of them waited", self._broker, self.pending)
        self._reported_up = True

    def _report_down(self, error: OSError) -> None:
        if self._reported_up is not False:
            path = self._outbox.path
            _LOG.warning("%s is unreachable (%s): events wait in %s", self._broker, error, path)
        self._reported_up = False

    def _look_for_refused(self, unacked: dict[int, int]) -> None:
        held_before = self._refusals.held_from
        refused = self._refusals.connection_ended(unacked)
        if refused is not None:
            self._discard_refused({refused}, unacked[refused])
            self._made_progress()
        elif self._refusals.held_from < held_before == NO_SIZE:
            message = "%s ends the connection on an event of %d bytes: smaller ones go first"
            _LOG.warning(message, self._broker, *unacked.values())

    def _discard_too_large(self) -> None:
        size = self._refusals.too_large_from
        numbers = set() if size is None else self._outbox.from_size(size)
        if size is not None and numbers:
            self._discard_refused(numbers, size)

    def _discard_refused(self, numbers: set[int], size: int) -> None:
        """Counts them, and reports the first one, and one that is far smaller than all that were reported."""
        if size <= self._smallest_reported // 2:
            self._smallest_reported = size
            message = "%s refuses an event of %d bytes: it is discarded, as are others that it does not take"
            _LOG.warning(message, self._broker, size)
        self._refusals.forget(numbers)
        self._refused += len(numbers)  # first, so that each event waits or is counted at any moment
        self._outbox.remove(numbers)

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
    return f"edgebreed-{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}"
