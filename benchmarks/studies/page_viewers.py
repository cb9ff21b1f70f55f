"""Viewers of a live page, for the study `viewer_cost`: `page_viewers.py HOST PORT COUNT`.

Each viewer reads the video and the events, as the page does in a browser. The program prints `ready` when all
of them have received an image, and what they have read once its standard input ends. It imports nothing of
edgebreed and runs as a file, so that it starts fast and takes little processor time from the stream.
"""

import json
import selectors
import socket
import sys
from dataclasses import dataclass

VIDEO, EVENTS = "/stream.mjpg", "/events"
_ITEM_MARKS = {VIDEO: b"Content-Type: image/jpeg", EVENTS: b"data: "}


@dataclass
class ViewerConnection:
    """An open HTTP response, and what was read from it.

    Attributes:
        connection: the socket.
        path: of the request.
        bytes: number of bytes read.
        items: number of images or events in them.
    """

    connection: socket.socket
    path: str
    bytes: int = 0
    items: int = 0

    @classmethod
    def open(cls, host: str, port: int, path: str) -> "ViewerConnection":
        """Sends the request."""
        connection = socket.create_connection((host, port), timeout=10)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return cls(connection, path)

    def receive(self) -> bool:
        """Reads what has arrived; False at the end of the response."""
        data = self.connection.recv(1 << 16)
        self.bytes += len(data)
        self.items += data.count(_ITEM_MARKS[self.path])
        return bool(data)


def view(host: str, port: int, count: int) -> dict[str, int]:
    """Runs so many viewers until standard input ends."""
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        viewers = [ViewerConnection.open(host, port, path) for _ in range(count) for path in (VIDEO, EVENTS)]
        for viewer in viewers:
            selector.register(viewer.connection, selectors.EVENT_READ, viewer)
        ready = False
        while _receive_all(selector):
            if not ready and all(viewer.items for viewer in viewers):
                ready = True
                print("ready", flush=True)
    for viewer in viewers:
        viewer.connection.close()
    return {
        "images": sum(viewer.items for viewer in viewers if viewer.path == VIDEO),
        "events": sum(viewer.items for viewer in viewers if viewer.path == EVENTS),
        "bytes": sum(viewer.bytes for viewer in viewers),
    }


def _receive_all(selector: selectors.BaseSelector) -> bool:
    """Reads what has arrived on any connection; False once standard input has ended."""
    for key, _ in selector.select():
        if key.data is None:
            return False
        if not key.data.receive():
            selector.unregister(key.fileobj)
    return True


if __name__ == "__main__":
    print(json.dumps(view(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))), flush=True)
