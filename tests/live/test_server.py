"""Serving the page from a background thread."""

import socket
import threading
import time

import pytest

from edgebreed.edge.stream.events import State
from edgebreed.errors import InputError
from edgebreed.live.endpoint import Endpoint, listen
from edgebreed.live.server import LivePage

from .feed import change, frame_result
from .web import ask, next_event, serving, watching


def test_it_is_reachable_at_once_at_its_url() -> None:
    """On the loopback, without a token."""
    with serving() as page:
        assert 200 == ask(page, "/").code
        assert f"http://127.0.0.1:{page.endpoint.port}/" == page.url


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
        assert slowest < 0.2
        start = time.perf_counter()
        page.close()
        assert time.perf_counter() - start < 5
    assert "Traceback" not in capfd.readouterr().err
