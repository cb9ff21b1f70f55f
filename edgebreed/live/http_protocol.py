"""HTTP/1.1 over TCP or TLS that lets no client hold a connection by silence."""

import asyncio
import ssl
import sys
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from edgebreed.live.connections import ConnectionTable
from edgebreed.live.stream_limit import STREAMING

_UNSENT = 1  # bytes; beyond it `pause_writing` is called, which must tell of all that a client does not take
_INCOMPLETE = (h11.IDLE, h11.SEND_BODY, h11.ERROR)
"""States of a client that has not sent all of its request."""


@dataclass(frozen=True)
class Deadlines:
    """How long a client may take.

    Attributes:
        request_s: seconds for a TLS handshake, then for a request with its body, then for each further one.
        send_s: seconds to take what was written; a large picture over a slow link needs half of the default.
    """

    request_s: float = 5.0
    send_s: float = 60.0


def protocol_factory(
    connections: ConnectionTable, tls: ssl.SSLContext | None, deadlines: Deadlines
) -> Callable[..., asyncio.BaseProtocol]:
    """What uvicorn makes a connection's protocol with.

    uvicorn's own TLS shows a connection only after its handshake, for which a client may take a minute; here
    it is counted and timed from its first moment.
    """

    def create(**uvicorn: Any) -> asyncio.BaseProtocol:
        http = TimedHttpProtocol(connections, deadlines, **uvicorn)
        return http if tls is None else TimedTlsProtocol(http, tls, deadlines)

    return create


class TimedHttpProtocol(H11Protocol):
    """HTTP/1.1 on a connection that is dropped if a request or the taking of a response lasts too long.

    Args:
        connections: where it is counted while it is open.
        deadlines: how long its client may take.
        uvicorn: what uvicorn gives its protocols.
    """

    def __init__(self, connections: ConnectionTable, deadlines: Deadlines, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._connections, self._deadlines = connections, deadlines
        self._idle_since_s = self.loop.time()
        self._socket: asyncio.Transport | None = None
        self._request_timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None

    @property
    def host(self) -> str:
        """The client's IP address."""
        return str(self._socket.get_extra_info("peername")[0]) if self._socket else ""

    @property
    def streaming(self) -> bool:
        """Whether its client watches a stream."""
        return bool(self.cycle and self.cycle.scope.get(STREAMING))

    def socket_opened(self, transport: asyncio.Transport) -> None:
        """A client has connected; TLS may still have to be agreed on."""
        self._socket = transport
        self._expect_request()
        self._connections.add(self)

    def socket_closed(self) -> None:
        """The connection has ended, however far it came."""
        self._connections.remove(self)
        for timer in (self._request_timer, self._send_timer):
            if timer:
                timer.cancel()

    def drop(self) -> None:
        """Closes the connection at once, whatever is unsent."""
        self.socket_closed()
        if self._socket:
            self._socket.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Requests can come."""
        if self._socket is None:
            self.socket_opened(transport)
        super().connection_made(transport)
        transport.set_write_buffer_limits(_UNSENT)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Requests cannot come any more."""
        super().connection_lost(exc)
        self.socket_closed()

    def handle_events(self) -> None:
        """Goes on with what was received."""
        super().handle_events()
        if self.conn.their_state not in _INCOMPLETE and self._responding and self._request_timer:
            self._request_timer.cancel()
            self._connections.refresh(self)

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP, and ends the connection."""
        if self.cycle:
            self.cycle.disconnected = True  # else an application that has not yet answered would do so too
            self.cycle.message_event.set()
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:  # another response has begun, or a HEAD request cannot have this one
            self.drop()

    def on_response_complete(self) -> None:
        """Waits for the next request."""
        self._idle_since_s = self.loop.time()
        self._expect_request()
        self._connections.refresh(self)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client has not yet taken what was written."""
        super().pause_writing()
        self._send_timer = self.loop.call_later(self._deadlines.send_s, self.drop)

    def resume_writing(self) -> None:
        """The client has taken what was written."""
        super().resume_writing()
        if self._send_timer:
            self._send_timer.cancel()

    @property
    def _responding(self) -> bool:
        return bool(self.cycle and not self.cycle.response_complete)

    def _expect_request(self) -> None:
        if self._request_timer:
            self._request_timer.cancel()
        self._request_timer = self.loop.call_later(self._deadlines.request_s, self._on_no_request)

    def _on_no_request(self) -> None:
        if self._reads_last_response():
            self._expect_request()
        else:
            self.drop()

    def _reads_last_response(self) -> bool:
        unsent = self._socket is not None and self._socket.get_write_buffer_size() > 0
        in_time = self.loop.time() - self._idle_since_s < self._deadlines.send_s
        return unsent and in_time and not self._responding


class TimedTlsProtocol(SSLProtocol):
    """TLS under a protocol that is told of the connection before the handshake.

    Args:
        http: the protocol.
        tls: the server's certificate and settings.
        deadlines: how long the client may take; `http` sees to the handshake's.
    """

    def __init__(self, http: TimedHttpProtocol, tls: ssl.SSLContext, deadlines: Deadlines) -> None:
        nobody_waits: Any = None
        limits: dict[str, Any] = {}
        if sys.version_info >= (3, 11):  # before, nothing is waited for at the end of a connection
            limits["ssl_shutdown_timeout"] = deadlines.send_s
        super().__init__(http.loop, http, tls, nobody_waits, server_side=True, **limits)
        self._http = http

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins the handshake."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(_UNSENT)
        self._http.socket_opened(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection has ended, perhaps without a handshake, in which case no one else is told."""
        super().connection_lost(exc)
        self._http.socket_closed()
