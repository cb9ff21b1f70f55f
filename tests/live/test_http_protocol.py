"""Deadlines of connections, with clients that break them in every way."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edgebreed.live.auth import AccessPolicy, AuthMiddleware
from edgebreed.live.endpoint import Endpoint, listen
from edgebreed.live.http_protocol import Deadlines
from edgebreed.live.prometheus import PrometheusMetrics
from edgebreed.live.routes import PageRoutes
from edgebreed.live.server import ServerThread
from edgebreed.live.stream_state import StreamState
from edgebreed.live.tls import server_context

from .certificates import certificate

pytestmark = pytest.mark.slow

SOON = Deadlines(request_s=0.4, send_s=1.2)
PATIENT = Deadlines(request_s=2.0, send_s=20.0)
"""So that a test passes on a busy machine, too."""
LARGE = 6_000_000  # bytes: more than both systems' buffers hold
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /pause HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"


def routes() -> ASGIApp:
    """The page of a stream that has not begun."""
    state = StreamState()
    app = PageRoutes(state, PrometheusMetrics(state).registry, lambda: False).app()
    return AuthMiddleware(app, AccessPolicy())


@contextmanager
def client(
    tls: ssl.SSLContext | None = None, app: ASGIApp | None = None, deadlines: Deadlines = SOON
) -> Iterator[socket.socket]:
    """A TCP connection to a server whose deadlines are short."""
    listening, endpoint = listen(Endpoint("127.0.0.1", 0))
    server = ServerThread(app or routes(), listening, tls, deadlines)
    try:
        with socket.create_connection((endpoint.host, endpoint.port), timeout=10) as connected:
            yield connected
    finally:
        server.close()


@contextmanager
def talking(
    folder: Path, secure: bool, app: ASGIApp | None = None, deadlines: Deadlines = SOON
) -> Iterator[socket.socket]:
    """The same after a TLS handshake, in which any certificate will do; or without TLS."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    tls = server_context(*certificate(folder)) if secure else None
    with client(tls, app, deadlines) as connected:
        if not secure:
            yield connected
            return
        with trusting.wrap_socket(connected) as encrypted:
            yield encrypted


def read_to_end(connected: socket.socket) -> tuple[bytes, float]:
    """What a server sends until it closes, and how many seconds that lasts; a reset is an end too."""
    received, start = bytearray(), time.monotonic()
    try:
        while part := connected.recv(1 << 20):
            received += part
    except (ConnectionResetError, ssl.SSLError):
        pass
    return bytes(received), time.monotonic() - start


def send_slowly(connected: socket.socket, data: bytes) -> None:
    """Sends a byte every 50 ms until the server closes."""
    try:
        for position in range(len(data)):
            connected.sendall(data[position : position + 1])
            time.sleep(0.05)
    except OSError:
        pass


ATTACKS: dict[str, Callable[[socket.socket], None]] = {
    "silence": lambda connected: None,
    "half a head": lambda connected: connected.sendall(GET[:20]),
    "a slow head": lambda connected: send_slowly(connected, GET),
    "a long head": lambda connected: connected.sendall(GET[:-2] + b"X: " + b"x" * 64_000),
    "a slow head after a request": lambda connected: send_slowly(connected, GET[-2:] + GET),
    "no body": lambda connected: connected.sendall(POST + b"Content-Length: 16\r\n\r\n"),
    "a slow body": lambda connected: send_slowly(connected, POST + b"Content-Length: 99\r\n\r\n" + b"{" * 99),
    "a chunk of no end": lambda connected: connected.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n9"),
    "an unread body": lambda connected: connected.sendall(GET[:-2] + b"Content-Length: 10\r\n\r\n"),
    "garbage": lambda connected: connected.sendall(bytes(range(256)) * 40),
    "empty lines": lambda connected: send_slowly(connected, b"\r\n" * 40),
    "an upgrade": lambda connected: connected.sendall(
        GET[:-2] + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    ),
    "idle keep-alive": lambda connected: connected.sendall(GET),
    "pipelined requests": lambda connected: connected.sendall(GET * 20 + GET[:9]),
    "HTTP/1.0": lambda connected: connected.sendall(GET.replace(b"1.1", b"1.0")),
    "CONNECT": lambda connected: connected.sendall(GET.replace(b"GET /healthz", b"CONNECT localhost:1")),
    "a half-closed connection": lambda connected: connected.shutdown(socket.SHUT_WR),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_client_holds_a_connection(attack: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each is closed soon after the deadline, whatever a client sends or does not, and fills no log."""
    with client() as connected:
        start = time.monotonic()
        ATTACKS[attack](connected)
        read_to_end(connected)
        assert time.monotonic() - start < 5
    assert [] == caplog.records


BAD_CHUNK = b"Transfer-Encoding: chunked\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("sent", "later", "codes"),
    [
        (GET[:-2] + BAD_CHUNK, b"", [b"400"]),
        (GET[:-2] + BAD_CHUNK[:-3], BAD_CHUNK[-3:], [b"200"]),
        (POST + BAD_CHUNK, b"", [b"400"]),
        (GET.replace(b"GET", b"HEAD")[:-2] + BAD_CHUNK, b"", [b"400"]),
        (POST + BAD_CHUNK[:-3], BAD_CHUNK[-3:], [b"400"]),
        (GET.replace(b"/healthz", b"/events")[:-2] + BAD_CHUNK[:-3], BAD_CHUNK[-3:], [b"200"]),
    ],
)
def test_a_malformed_body_is_answered_once(
    sent: bytes, later: bytes, codes: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """Whether the response was pending, had begun or was complete; nothing is written into the log."""
    with client(deadlines=PATIENT) as connected:
        connected.sendall(sent)
        time.sleep(0.1)
        connected.sendall(later)
        assert codes == re.findall(rb"HTTP/1.1 (\d+)", read_to_end(connected)[0])
    assert [] == caplog.records


def test_pipelined_requests_are_all_answered() -> None:
    """In their order."""
    with client(deadlines=PATIENT) as connected:
        connected.sendall(GET * 20)
        assert 20 == read_to_end(connected)[0].count(b"HTTP/1.1 ")


def test_a_connection_in_use_stays() -> None:
    """The deadline counts from the last response, so requests go on beyond that of the first."""
    with client(deadlines=PATIENT) as connected:
        for _ in range(6):
            connected.sendall(GET.replace(b"GET", b"HEAD"))
            assert connected.recv(4096).startswith(b"HTTP/1.1 ")
            time.sleep(PATIENT.request_s / 4)


EVENTS = b"GET /events HTTP/1.1\r\nHost: localhost\r\n"
COMPLETE = {
    "HTTP/1.1": EVENTS,
    "HTTP/1.0": EVENTS.replace(b"1.1", b"1.0"),
    "the last of its connection": EVENTS + b"Connection: close\r\n",
    "an offer of HTTP/2": EVENTS
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n",
    "an offer of WebSocket": EVENTS + b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    "an announced body of nothing": EVENTS + b"Expect: 100-continue\r\nContent-Length: 0\r\n",
}


@pytest.mark.parametrize("request_head", COMPLETE)
def test_a_stream_outlives_the_deadline_of_requests(request_head: str) -> None:
    """Its request is complete, so there is nothing to wait for."""
    with client() as connected:
        connected.sendall(COMPLETE[request_head] + b"\r\n")
        end = time.monotonic() + 2 * SOON.request_s
        while time.monotonic() < end:
            assert connected.recv(4096)


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    """A response that never ends."""
    await StreamingResponse(repeat_async(bytes(100_000)))(scope, receive, send)


async def repeat_async(part: bytes) -> AsyncIterator[bytes]:
    """The same part for ever."""
    while True:
        await asyncio.sleep(0)
        yield part


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """A response that the system does not take at once."""
    await Response(bytes(LARGE))(scope, receive, send)


@pytest.mark.parametrize("app", [endless, large])
@pytest.mark.parametrize("secure", [False, True])
def test_a_client_that_does_not_read_is_dropped(app: ASGIApp, secure: bool, tmp_path: Path) -> None:
    """Once it has taken nothing for a while, so that the rest of the response never comes."""
    with talking(tmp_path, secure, app) as connected:
        connected.sendall(GET)
        time.sleep(SOON.send_s + SOON.request_s + 0.5)
        received, seconds = read_to_end(connected)
        assert len(received) < LARGE
        assert seconds < 5


@pytest.mark.parametrize("secure", [False, True])
def test_a_client_that_reads_slowly_gets_its_picture(secure: bool, tmp_path: Path) -> None:
    """It takes longer than the next request may take to come."""
    deadlines = Deadlines(SOON.request_s, PATIENT.send_s)
    with talking(tmp_path, secure, large, deadlines) as connected:
        connected.sendall(GET)
        time.sleep(2 * SOON.request_s)
        assert len(read_to_end(connected)[0]) > LARGE


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01", GET])
def test_a_handshake_that_does_not_end_is_dropped(
    sent: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Silence, half of one, and what is none; none of them fills a log."""
    with client(server_context(*certificate(tmp_path))) as connected:
        connected.sendall(sent)
        assert read_to_end(connected)[1] < 5
    assert [] == caplog.records


@pytest.mark.parametrize("attack", ["silence", "a slow head", "a slow body", "garbage", "idle keep-alive"])
def test_no_client_holds_a_secure_connection(attack: str, tmp_path: Path) -> None:
    """The deadlines are the same behind a handshake."""
    with talking(tmp_path, secure=True) as connected:
        start = time.monotonic()
        ATTACKS[attack](connected)
        read_to_end(connected)
        assert time.monotonic() - start < 5
