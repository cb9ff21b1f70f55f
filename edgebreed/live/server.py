"""Serves the live page from a thread of its own."""

import os
import socket
import sys
import threading

import uvicorn
from starlette.types import ASGIApp

from edgebreed.edge.camera.events import Answered, StateChange
from edgebreed.live.address import Address, listen
from edgebreed.live.guard import Admission, Guard, new_token
from edgebreed.live.latest import Latest
from edgebreed.live.metrics import Metrics
from edgebreed.live.page import Page

MAX_CONNECTIONS = 64
_CLOSE_S = 5.0


class LivePage:
    """A sink that serves a page on which the stream is watched.

    The stream's thread only hands references over; drawing, encoding and sending are the page's own thread's.

    Args:
        address: where to listen; port 0 takes a free one.
        token: what viewers must know; made where it is left out and others than this machine can connect.

    Attributes:
        url: where the page is, with the token if it was made here.
        address: where it listens.

    Raises:
        InputError: the address is taken or not this machine's, or the token is too weak.
    """

    def __init__(self, address: Address, token: str | None = None) -> None:
        made = new_token() if token is None and not address.loopback else None
        Admission(token)  # a weak token is refused before a port is taken
        listening, self.address = listen(address)
        admission = Admission(token or made, f"edgebreed_{self.address.port}")
        self.url = _url(self.address) + (f"?token={made}" if made else "")
        self.latest = Latest()
        self.metrics = Metrics(self.latest)
        self._closing = threading.Event()
        page = Page(self.latest, self.metrics.registry, self._closing.is_set)
        self._server = ServerThread(Guard(page.app(), admission), listening)
        print(f"edgebreed: live page at {self.url}", file=sys.stderr)

    def answered(self, answered: Answered) -> None:
        """Takes a frame with its answer."""
        self.latest.answered(answered)
        self.metrics.answered(answered)

    def changed(self, change: StateChange) -> None:
        """Takes a change of state."""
        self.latest.changed(change)

    def close(self) -> None:
        """Tells viewers the last state, and stops serving."""
        self._closing.set()
        self._server.close()


class ServerThread:
    """An ASGI application, served from a thread with an event loop of its own.

    Args:
        app: the application.
        listening: a bound socket; it is closed in the end.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="info" if os.environ.get("EDGEBREED_DEBUG") else "critical",
            access_log=False,  # it would hold tokens
            server_header=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._listening = listening
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), daemon=True, name="live page"
        )
        self._thread.start()

    def close(self) -> None:
        """Ends open streams, and waits until the thread is gone."""
        self._server.should_exit = True
        self._thread.join(_CLOSE_S)
        self._listening.close()


def _url(address: Address) -> str:
    """Where a viewer finds it: an address that stands for all of them is replaced by one that others see."""
    host = _outward() if address.everywhere else address.host
    return f"http://{Address(host, address.port)}/"


def _outward() -> str:
    # Connecting a datagram socket sends nothing; it makes the system choose the address it would send from.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])
