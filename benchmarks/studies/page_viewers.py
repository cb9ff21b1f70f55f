"""Viewers of a live page, for measuring what they cost: `page_viewers.py HOST PORT COUNT`.

Each reads the pictures and the events, as the page in a browser does. It prints a line when all of them have
seen a picture, and what they have read once its standard input ends. It runs as a file of its own, so that it
starts without the rest of edgebreed.
"""

import json
import selectors
import socket
import sys
from dataclasses import dataclass

PATHS = ("/stream.mjpg", "/events")
_MARKS = {"/stream.mjpg": b"Content-Type: image/jpeg", "/events": b"data: "}


@dataclass
class Reader:
    """One open stream: how much has come, in bytes, and how many pictures or events that was."""

    connection: socket.socket
    path: str
    read: int = 0
    items: int = 0

    def take(self) -> bool:
        """Reads what is there; False at the end."""
        data = self.connection.recv(1 << 16)
        self.read += len(data)
        self.items += data.count(_MARKS[self.path])
        return bool(data)


def watch(host: str, port: int, count: int) -> dict[str, int]:
    """Reads until standard input ends."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(sys.stdin, selectors.EVENT_READ)
        readers = [_open(host, port, path) for _ in range(count) for path in PATHS]
        for reader in readers:
            waiting.register(reader.connection, selectors.EVENT_READ, reader)
        ready = False
        while _turn(waiting):
            if not ready and all(reader.items for reader in readers):
                ready = True
                print("ready", flush=True)
    for reader in readers:
        reader.connection.close()
    return {
        "pictures": sum(reader.items for reader in readers if reader.path == PATHS[0]),
        "events": sum(reader.items for reader in readers if reader.path == PATHS[1]),
        "bytes": sum(reader.read for reader in readers),
    }


def _open(host: str, port: int, path: str) -> Reader:
    connection = socket.create_connection((host, port), timeout=10)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return Reader(connection, path)


def _turn(waiting: selectors.BaseSelector) -> bool:
    """Reads what has come; False once standard input has ended."""
    for key, _ in waiting.select():
        if key.data is None:
            return False
        if not key.data.take():
            waiting.unregister(key.fileobj)
    return True


if __name__ == "__main__":
    print(json.dumps(watch(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))), flush=True)
