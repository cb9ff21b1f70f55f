"""The page's thread."""

import socket
import threading
import time

import pytest

from edgebreed.edge.camera.events import State
from edgebreed.errors import InputError
from edgebreed.live.address import Address, listen
from edgebreed.live.server import LivePage

from .feed import answered, change
from .web import ask, next_event, serving, watching


def test_it_is_reachable_at_once_and_says_where(capfd: pytest.CaptureFixture[str]) -> None:
    """On standard error; standard output is for results."""
    with serving() as page:
        assert 200 == ask(page, "/").code
        told = capfd.readouterr()
    assert ("", f"edgebreed: live page at http://127.0.0.1:{page.address.port}/\n") == (told.out, told.err)


def test_elsewhere_a_token_is_made_and_told(capfd: pytest.CaptureFixture[str]) -> None:
    """The address that is printed opens the page; without the token it stays shut."""
    with serving("0.0.0.0") as page:
        url = capfd.readouterr().err.split()[-1]
        assert page.url == url
        assert 200 == ask(page, "/" + url.partition("/?")[2].join(["?", ""])).code
        assert 401 == ask(page, "/").code


def test_a_token_that_was_given_is_not_told(capfd: pytest.CaptureFixture[str]) -> None:
    """Who gave it knows it; logs need not."""
    with serving("0.0.0.0", "given-by-somebody-else"):
        assert "given-by" not in capfd.readouterr().err


def test_a_weak_token_takes_no_port() -> None:
    """Nothing is left behind; warnings about open sockets are errors here."""
    with pytest.raises(InputError, match="--token must be 16"):
        LivePage(Address("127.0.0.1", 0), "weak")


def test_closing_tells_viewers_the_end_and_leaves_no_thread() -> None:
    """Open streams end, the port is free again, and closing once more does nothing."""
    page = LivePage(Address("127.0.0.1", 0))
    with watching(page, "/events") as stream, watching(page, "/stream.mjpg") as pictures:
        next_event(stream)
        page.changed(change(State.ENDED, "the film is over"))
        page.close()
        page.close()
        states = [next_event(stream)[1]["state"] for _ in range(2)]
        assert "ended" == states[-1]
        assert b"" == pictures.read()[-2:].strip(b"-\r\n")
    assert "live page" not in {thread.name for thread in threading.enumerate()}
    listen(page.address)[0].close()


def test_a_viewer_who_does_not_read_holds_up_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the stream's thread nor the end."""
    with serving() as page, socket.create_connection(("127.0.0.1", page.address.port)) as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stuck.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        slowest = 0.0
        for number in range(100):
            start = time.perf_counter()
            page.answered(answered(number))
            slowest = max(slowest, time.perf_counter() - start)
            time.sleep(0.005)
        assert slowest < 0.2
        start = time.perf_counter()
        page.close()
        assert time.perf_counter() - start < 5
    assert "Traceback" not in capfd.readouterr().err
