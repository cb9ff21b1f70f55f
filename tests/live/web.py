"""An HTTP client of a running page."""

import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from edgebreed.live.endpoint import Endpoint
from edgebreed.live.server import LivePage


@contextmanager
def serving(
    host: str = "127.0.0.1", token: str | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[LivePage]:
    """A live page on a free port."""
    page = LivePage(Endpoint(host, 0), token, tls)
    try:
        yield page
    finally:
        page.close()


def http_client(port: int, secure: bool) -> http.client.HTTPConnection:
    """A client of a server on the loopback; over TLS, any certificate will do."""
    if not secure:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trusting)


@dataclass(frozen=True)
class Reply:
    """A response of the page."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(page: LivePage, path: str, method: str = "GET", body: str = "", **headers: str) -> Reply:
    """Sends one request; underscores in the names of headers become hyphens."""
    connection = http_client(page.endpoint.port, page.url.startswith("https:"))
    try:
        connection.request(method, path, body, {key.replace("_", "-"): text for key, text in headers.items()})
        response = connection.getresponse()
        return Reply(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
    finally:
        connection.close()


@contextmanager
def watching(page: LivePage, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """An open connection to a stream."""
    connection = http_client(page.endpoint.port, page.url.startswith("https:"))
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    try:
        yield response
    finally:
        response.close()
        connection.close()


def next_event(stream: http.client.HTTPResponse) -> tuple[str, Any]:
    """The next server-sent event: its name and its data."""
    name = "message"
    while (line := stream.readline().decode().rstrip("\n")) or name == "message":
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
            assert b"\n" == stream.readline()
            return name, data
    raise AssertionError("the stream ended")


def next_picture(stream: http.client.HTTPResponse) -> bytes:
    """The next JPEG of a multipart stream."""
    while not (line := stream.readline()).lower().startswith(b"content-length: "):
        assert line, "the stream ended"
    assert b"\r\n" == stream.readline()
    return stream.read(int(line.split()[1]))
