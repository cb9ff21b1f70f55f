"""Serving the page from a background thread."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from edgebreed.edge.stream.events import State
from edgebreed.errors import InputError
from edgebreed.live.endpoint import Endpoint, listen
from edgebreed.live.server import LivePage
from edgebreed.live.tls import server_context

from .certificates import certificate
from .feed import change, frame_result
from .web import ask, http_client, next_event, serving, watching


def test_it_is_reachable_at_once_at_its_url() -> None:
    """On the loopback, without a token."""
    with serving() as page:
        assert 200 == ask(page, "/").code
        assert f"http://127.0.0.1:{page.endpoint.port}/" == page.url


def test_a_certificate_makes_it_secure(tmp_path: Path) -> None:
    """The URL says so; a client that does not speak TLS gets nothing."""
    with serving(tls=server_context(*certificate(tmp_path))) as page:
        assert f"https://127.0.0.1:{page.endpoint.port}/" == page.url
        assert 200 == ask(page, "/").code
        with socket.create_connection(("127.0.0.1", page.endpoint.port)) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP" not in plain.recv(4096)


def test_a_token_is_generated_if_other_machines_can_connect() -> None:
    """The URL contains it; without it the page is not shown. A token that was given is not in the URL."""
    with serving("0.0.0.0") as page:
        assert 200 == ask(page, "/?" + page.url.partition("/?")[2]).code
        assert 401 == ask(page, "/").code
    with serving("0.0.0.0", "given-by-somebody-else") as page:
        assert "given-by" not in page.url


def test_a_weak_token_takes_no_port() -> None:
    """Nothing is left open: warnings about sockets fail the test."""
    with pytest.raises(InputError, match="--token must be 16"):
        LivePage(Endpoint("127.0.0.1", 0), "weak")


def test_closing_sends_viewers_the_end_and_leaves_no_thread() -> None:
    """Open connections end, the port is free again, and closing again does nothing."""
    page = LivePage(Endpoint("127.0.0.1", 0))
    with watching(page, "/events") as stream, watching(page, "/stream.mjpg") as pictures:
        next_event(stream)
        page.on_state(change(State.ENDED, "end of video"))
        page.close()
        page.close()
        states = [next_event(stream)[1]["state"]["state"] for _ in range(2)]
        assert "ended" == states[-1]
        assert b"" == pictures.read()[-2:].strip(b"-\r\n")
    assert "live page" not in {thread.name for thread in threading.enumerate()}
    listen(page.endpoint)[0].close()


def test_a_viewer_that_does_not_read_delays_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the stream's thread nor `close`."""
    with serving() as page, socket.create_connection(("127.0.0.1", page.endpoint.port)) as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stuck.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        slowest = 0.0
        for number in range(100):
            start = time.perf_counter()
            page.on_result(frame_result(number))
            slowest = max(slowest, time.perf_counter() - start)
            time.sleep(0.005)
        assert slowest < 2
        start = time.perf_counter()
        page.close()
        assert time.perf_counter() - start < 5
    assert "Traceback" not in capfd.readouterr().err


def seconds_for(page: LivePage, path: str) -> float:
    """How long a new client waits for the begin of a response, which must be a good one."""
    start = time.perf_counter()
    with watching(page, path) as response:
        assert 200 == response.status
        assert response.read(1)
    return time.perf_counter() - start


@pytest.mark.parametrize("secure", [False, True])
def test_idle_connections_shut_nobody_out(secure: bool, tmp_path: Path) -> None:
    """Beside 300 of them, health and a viewer's streams are there within a second."""
    tls = server_context(*certificate(tmp_path)) if secure else None
    with serving(tls=tls) as page, ExitStack() as idle:
        page.on_result(frame_result(1))
        for _ in range(300):
            idle.enter_context(socket.create_connection(("127.0.0.1", page.endpoint.port)))
        for path in ("/healthz", "/", "/events", "/stream.mjpg"):
            assert min(seconds_for(page, path) for _ in range(3)) < 1


def test_a_flood_pushes_out_no_slow_client_of_another_address() -> None:
    """Who has sent half a head before 300 connections of one address came, can send the rest."""
    with serving() as page, ExitStack() as flood:
        address = ("127.0.0.1", page.endpoint.port)
        slow = flood.enter_context(socket.create_connection(address))
        slow.sendall(b"GET /healthz HTTP/1.1\r\n")
        for _ in range(300):
            flood.enter_context(socket.create_connection(address, source_address=("127.0.0.2", 0)))
        assert 200 == ask(page, "/healthz").code
        slow.sendall(b"Host: localhost\r\n\r\n")
        assert slow.recv(4096).startswith(b"HTTP/1.1 200 ")


SERVE = """if True:
    import os, resource, sys
    from pathlib import Path
    from edgebreed.live.endpoint import Endpoint
    from edgebreed.live.server import LivePage
    from edgebreed.live.tls import server_context
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    files = [Path(name) for name in sys.argv[1:]] or (None, None)
    page = LivePage(Endpoint("127.0.0.1", 0), None, server_context(*files))
    print(page.endpoint.port, flush=True)
    sys.stdin.readline()
    print(len(os.listdir("/proc/self/fd")))
    page.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("secure", [False, True])
def test_connections_leave_descriptors_to_the_stream(secure: bool, tmp_path: Path) -> None:
    """A process that may open 256 files has most of them left beside 1,010 connections, and answers."""
    files = certificate(tmp_path) if secure else ()
    command = [sys.executable, "-c", SERVE, *map(str, files)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as child:
        assert child.stdout
        port = int(child.stdout.readline())
        with ExitStack() as idle:
            for _ in range(1010):
                idle.enter_context(socket.create_connection(("127.0.0.1", port)))
            health = http_client(port, secure)
            health.request("GET", "/healthz")
            assert 200 == health.getresponse().status
            health.close()
            out, err = child.communicate("\n")
    assert (True, "") == (int(out) < 128, err)
