"""A broker of a few lines that closes the connection on what it does not take, as MQTT 3.1.1 asks."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from edgebreed.live.broker import Broker

from .mosquitto import TOPIC


class FakeBroker(socketserver.ThreadingTCPServer):
    """Listens on the loopback.

    Args:
        takes: whether it takes a message of this topic and payload; None if it says nothing about it.
        greeting: bytes that it sends at once, in place of speaking MQTT.

    Attributes:
        payloads: of the events that it took, in order.
        statuses: of the status messages that it took, in order.
        connects: how often a client has connected.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, takes: Callable[[str, bytes], bool | None], greeting: bytes = b"") -> None:
        self.takes, self.greeting = takes, greeting
        self.payloads: list[bytes] = []
        self.statuses: list[bytes] = []
        self.connects = 0
        super().__init__(("127.0.0.1", 0), _Connection)

    @property
    def address(self) -> Broker:
        """Where to publish."""
        return Broker("127.0.0.1", self.server_address[1], False, TOPIC)

    def take(self, topic: str, payload: bytes) -> bool | None:
        """Keeps a message if it takes it."""
        taken = self.takes(topic, payload)
        if taken:
            (self.payloads if topic == TOPIC else self.statuses).append(payload)
        return taken


class _Connection(socketserver.StreamRequestHandler):
    server: FakeBroker

    def handle(self) -> None:
        """Answers packets until one is not taken or the client goes."""
        self.server.connects += 1
        self.wfile.write(self.server.greeting)
        try:
            while not self.server.greeting and self._answer(*self._packet()):
                pass
        except (OSError, EOFError):
            pass

    def _packet(self) -> tuple[int, bytes]:
        kind, size, shift = self._read(1)[0], 0, 0
        while True:
            byte = self._read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return kind >> 4, self._read(size)

    def _read(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _answer(self, kind: int, body: bytes) -> bool:
        if kind == 1:  # CONNECT
            self.wfile.write(b"\x20\x02\x00\x00")
        elif kind == 3:  # PUBLISH
            end = 2 + int.from_bytes(body[:2], "big")
            taken = self.server.take(body[2:end].decode(), body[end + 2 :])
            if taken:
                self.wfile.write(b"\x40\x02" + body[end : end + 2])
            return taken is not False
        elif kind == 12:  # PINGREQ
            self.wfile.write(b"\xd0\x00")
        return kind != 14  # DISCONNECT


@contextmanager
def fake_broker(
    takes: Callable[[str, bytes], bool | None] = lambda *_: True, **options: Any
) -> Iterator[FakeBroker]:
    """A broker that runs until the block ends."""
    with FakeBroker(takes, **options) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
