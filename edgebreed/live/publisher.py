"""Sends events to a broker from a thread of its own, whether or not the broker is there."""

import hashlib
import queue
import random
import socket
import sqlite3
import sys
import threading
import time
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edgebreed.live.broker import Broker
from edgebreed.live.link import Link
from edgebreed.live.outbox import Outbox

INBOX = 1000  # events; the thread takes them ten times a second
_TURN_S = 0.1


@dataclass(frozen=True)
class Patience:
    """How long to wait, in s.

    Attributes:
        first: before the second attempt to connect; it doubles with each, less up to half of it by chance.
        longest: between attempts.
        closing: for the broker to take what is left in the end.
    """

    first: float = 1.0
    longest: float = 60.0
    closing: float = 3.0

    def delay(self, attempt: int) -> float:
        """Wait after a failed attempt, counted from 0.

        Chance keeps the cameras of a house from coming back all at once (exponential back-off with jitter).
        """
        return min(self.longest, self.first * 2.0 ** min(attempt, 30)) * random.uniform(0.5, 1.0)


class Publisher:
    """Takes events at once and sends them in order, each at least once.

    Args:
        broker: where to.
        outbox: holds what is not delivered; it is closed in the end.
        patience: how long to wait for what.

    Attributes:
        lost: events that were given up.
    """

    def __init__(self, broker: Broker, outbox: Outbox, patience: Patience | None = None) -> None:
        self._broker, self._outbox, self._patience = broker, outbox, patience or Patience()
        self._inbox: queue.Queue[str] = queue.Queue(INBOX)
        self._client = client_identifier(outbox.path)
        self._refused = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="mqtt")
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Events that the broker has not taken yet."""
        return self._inbox.qsize() + len(self._outbox)

    @property
    def lost(self) -> int:
        """Events that were given up: the oldest of a full outbox."""
        return self._refused + self._outbox.lost

    def put(self, body: str) -> None:
        """Takes an event; it never waits."""
        try:
            self._inbox.put_nowait(body)
        except queue.Full:
            self._refused += 1

    def close(self) -> None:
        """Sends what is left if the broker takes it in time; the rest stays on disk for the next start.

        Closing once more does nothing.
        """
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join()
        if self.waiting or self.lost:
            path = self._outbox.path
            _tell(f"{self.waiting} events wait in {path} for the next start, {self.lost} were given up")

    def _run(self) -> None:
        attempt, away, ended = 0, False, False
        while not ended:  # a stream of a single frame has ended before the first attempt, and is worth one
            try:
                with closing(Link(self._broker, self._client)) as link:
                    _tell(f"events go to {self._broker}, {self.waiting} of them waited")
                    attempt, away = 0, False
                    self._serve(link)
            except (OSError, ValueError, sqlite3.Error) as error:
                if not away:
                    _tell(f"{self._broker} is away ({error}): events wait in {self._outbox.path}")
                away = True
                self._outbox.park()
                self._wait(self._patience.delay(attempt))
                attempt += 1
            ended = self._closing.is_set()
        self._collect()
        self._outbox.close()

    def _serve(self, link: Link) -> None:
        """Sends until the stream ends; raises `OSError` where the connection does first."""
        link.status("online")
        end = float("inf")
        while not (self._closing.is_set() and self._done(link)) and time.monotonic() < end:
            self._exchange(link)
            if self._closing.is_set():
                end = min(end, time.monotonic() + self._patience.closing)
        link.status("offline")
        while not link.idle and time.monotonic() < end + 1:
            self._exchange(link)

    def _exchange(self, link: Link) -> None:
        link.turn(_TURN_S)
        self._collect()
        taken = link.taken()
        if taken:
            self._outbox.delivered(taken)
        for event in self._outbox.head(link.room, after=link.last):
            link.publish(event)

    def _done(self, link: Link) -> bool:
        return self.waiting == 0 and link.idle

    def _collect(self) -> None:
        while not self._inbox.empty():
            self._outbox.put(self._inbox.get_nowait())
        self._outbox.save()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._closing.wait(_TURN_S):
            self._collect()


def client_identifier(spool: Path) -> str:
    """The same for a stream on a machine whenever it starts: one spool is one stream's.

    23 characters at most, which every broker takes (MQTT 3.1.1, section 3.1.3.1).
    """
    place = f"{socket.gethostname()} {uuid.getnode()} {spool.resolve()}"
    return f"edgebreed-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def _tell(text: str) -> None:
    print(f"edgebreed: {text}", file=sys.stderr)
