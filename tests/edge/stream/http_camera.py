"""A camera's web server that answers as a test says."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import cv2
import numpy as np

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def http_camera(answer: Answer) -> Iterator[str]:
    """Its address, `127.0.0.1:PORT`, while it serves."""

    class HttpCamera(BaseHTTPRequestHandler):
        """One connection."""

        def do_GET(self) -> None:  # http.server's own name
            """Answers."""
            try:
                answer(self)
            except OSError:  # the client has closed the connection
                return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it that
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), HttpCamera) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def send(camera: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes = b"") -> None:
    """Sends a whole answer."""
    camera.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        camera.send_header(name, value)
    camera.end_headers()
    camera.wfile.write(body)


def knows_basic(camera: BaseHTTPRequestHandler, login: str) -> bool:
    """Whether the client sent this login by Basic; else it is asked for it."""
    if camera.headers["Authorization"] == f"Basic {base64.b64encode(login.encode()).decode()}":
        return True
    send(camera, 401, {"WWW-Authenticate": 'Basic realm="cam"'})
    return False


def knows_digest(camera: BaseHTTPRequestHandler, user: str, password: str) -> bool:
    """Whether the client sent this login by Digest (RFC 2069); else it is asked for it."""
    sent = dict(re.findall(r'(\w+)="?([^",]*)"?', camera.headers["Authorization"] or ""))
    right = _md5(f"{_md5(f'{user}:cam:{password}')}:abc:{_md5(f'GET:{camera.path}')}")
    if sent.get("response") == right:
        return True
    send(camera, 401, {"WWW-Authenticate": 'Digest realm="cam", nonce="abc"'})
    return False


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def jpeg(number: int, width: int = 64, height: int = 48) -> bytes:
    """A picture that differs from the others."""
    return cv2.imencode(".jpg", np.full((height, width, 3), 20 + 7 * number % 200, np.uint8))[1].tobytes()


def part(picture: bytes, length: int | None) -> bytes:
    """A part of a stream that says it has so many bytes."""
    stated = "" if length is None else f"Content-Length: {length}\r\n"
    return f"--cut\r\nContent-Type: image/jpeg\r\n{stated}\r\n".encode() + picture + b"\r\n"


def send_parts(camera: BaseHTTPRequestHandler, parts: list[bytes]) -> None:
    """Sends a stream of parts, and hangs up."""
    camera.send_response(200)
    camera.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
    camera.end_headers()
    for one in parts:
        camera.wfile.write(one)
