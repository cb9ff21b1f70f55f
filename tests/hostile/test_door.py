"""The live page under damaged requests and under floods of connections."""

import logging
import re
import select
import socket
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from edgebreed.edge.stream.events import State
from edgebreed.live.server import LivePage
from edgebreed.live.tls import server_context

from ..live.certificates import certificate
from ..live.feed import change, frame_result
from ..live.mosquitto import wait_for
from ..live.web import ask, serving
from .request_mutants import TOKEN, hello_mutant, mutant
from .tally import Tally

pytestmark = pytest.mark.hostile
BATCH, TOTAL, HANDSHAKES = 250, 2000, 500
AT_ONCE = 50  # connections that are open at a time
QUIET_S = 0.25  # without a byte, after which a client has its answer, or none is coming
LONGEST_S = 2.0  # for streams, which have no end
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


@contextmanager
def watched(tls: ssl.SSLContext | None = None) -> Iterator[LivePage]:
    """The page of a running stream."""
    with serving(token=TOKEN, tls=tls) as page:
        page.on_state(change(State.RUNNING, "opened"))
        page.on_result(frame_result(0))
        yield page


def answers(page: LivePage, requests: list[bytes]) -> list[bytes]:
    """What comes back for requests that are sent at once, each over its own connection."""
    clients = {socket.create_connection(("127.0.0.1", page.endpoint.port)): data for data in requests}
    received = dict.fromkeys(clients, b"")
    for client, data in clients.items():
        with suppress(ConnectionError):
            client.sendall(data)
    waiting, end = set(clients), time.monotonic() + LONGEST_S
    while waiting and time.monotonic() < end and (ready := select.select(waiting, [], [], QUIET_S)[0]):
        for client in ready:
            part = read(client)
            received[client] += part
            if not part or len(received[client]) > 100_000:
                waiting.remove(client)
    for client in clients:
        client.close()
    return list(received.values())


def read(client: socket.socket) -> bytes:
    """What is there; nothing at the end, which a reset is too."""
    try:
        return client.recv(65536)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("first", range(0, TOTAL, BATCH))
def test_damaged_requests_are_answered_or_refused(
    first: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tally: Tally,
) -> None:
    """No exception, no server error but 'ask again', and health is there after each batch."""
    monkeypatch.setenv("EDGEBREED_DEBUG", "1")  # the server then logs its exceptions
    counts: Counter[str] = Counter()
    with watched() as page:
        for start in range(first, first + BATCH, AT_ONCE):
            for received in answers(page, [mutant(number) for number in range(start, start + AT_ONCE)]):
                counts.update(outcomes(received))
            assert 200 == ask(page, "/healthz").code
    tally.add("requests to the page", counts)
    assert [] == [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert {"none", "503"} >= {outcome for outcome in counts if not outcome.startswith(("1", "2", "3", "4"))}
    assert counts["200"] > 20
    assert counts["400"] > 20


@pytest.mark.parametrize("first", range(0, HANDSHAKES, BATCH))
def test_damaged_handshakes_are_refused(
    first: int, tmp_path: Path, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    """Or go on where it can; nothing is logged, and health is there after each batch."""
    counts: Counter[str] = Counter()
    with watched(server_context(*certificate(tmp_path))) as page:
        for start in range(first, first + BATCH, AT_ONCE):
            hellos = [hello_mutant(number) for number in range(start, start + AT_ONCE)]
            counts.update(answer_to_hello(received) for received in answers(page, hellos))
            assert 200 == ask(page, "/healthz").code
    tally.add("TLS handshakes", counts)
    assert [] == caplog.records
    assert {"alert", "hello", "none"} >= set(counts)
    assert counts["hello"] > 5  # a server name or random bytes may be others


def answer_to_hello(received: bytes) -> str:
    """The kind of TLS record that a client got, or that it got none."""
    return {b"": "none", b"\x15": "alert", b"\x16": "hello"}.get(received[:1], "foreign")


def outcomes(received: bytes) -> list[str]:
    """The codes of the responses that a client got, or that it got none."""
    return [code.decode() for code in _STATUS.findall(received)] or ["none"]


@pytest.mark.parametrize("secure", [False, True])
def test_clients_are_served_during_a_flood(secure: bool, tmp_path: Path, tally: Tally) -> None:
    """Of forty that send a request while another opens connections as fast as it can, all but two at most."""
    tls = server_context(*certificate(tmp_path)) if secure else None
    with watched(tls) as page, flood(page.endpoint.port) as opened:
        wait_for(lambda: opened[0] > 300)
        codes = Counter(reply_to(page, number) for number in range(40))
    tally.add(f"clients in a flood of {'TLS ' * secure}connections", codes)
    assert codes["200"] >= 38


def reply_to(page: LivePage, number: int) -> str:
    """The code that a new client gets, or the kind of error."""
    path = ("/metrics", "/snapshot.jpg", "/")[number % 3]
    try:
        return str(ask(page, path, Authorization=f"Bearer {TOKEN}").code)
    except (OSError, HTTPException) as error:
        return type(error).__name__


@contextmanager
def flood(port: int) -> Iterator[list[int]]:
    """Opens connections without a word, of which it holds the newest thousand; yields their number."""
    opened, stop = [0], threading.Event()

    def run() -> None:
        held: deque[socket.socket] = deque()
        while not stop.is_set():
            with suppress(OSError):
                held.append(socket.create_connection(("127.0.0.1", port), timeout=2))
                opened[0] += 1
            if len(held) > 1000:
                held.popleft().close()
        for connection in held:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield opened
    finally:
        stop.set()
        thread.join()
