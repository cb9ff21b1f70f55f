"""Tells systemd when a stream runs, in which state it is, and that its main thread is alive."""

import faulthandler
import os
import socket
import time
from contextlib import suppress

from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.redaction import redact
from edgebreed.edge.stream.sinks import StateListener
from edgebreed.edge.text import printable

_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
_SEND_S = 1.0
_MOST = 300  # characters of a status


class SystemdNotifier(StateListener):
    """Speaks systemd's notification protocol, sd_notify(3); silent where no service manager listens.

    The stream is reported as ready in its first running state, that is with source and model open. Its
    variables are removed from the environment, as they are not meant for child processes.

    Args:
        socket_name: path of a datagram socket; one that begins with `@` is in Linux's abstract namespace.
        watchdog_s: time without a sign of life after which systemd restarts the service; 0: never.
    """

    def __init__(self, socket_name: str = "", watchdog_s: float = 0.0) -> None:
        self._address = "\0" + socket_name[1:] if socket_name.startswith("@") else socket_name
        self._interval_s, self._next = watchdog_s / 2, 0.0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(_SEND_S)  # a manager that does not read must not stop the stream
        self._ready = False

    @classmethod
    def from_environment(cls) -> "SystemdNotifier":
        """The notifier that systemd asks for by variables, which are taken out of the environment."""
        name, microseconds, process = (os.environ.pop(variable, "") for variable in _VARIABLES)
        ours = process in ("", str(os.getpid()))
        if name and ours and microseconds.isdecimal():
            faulthandler.enable()  # the watchdog's signal then shows in the journal where each thread was
            return cls(name, int(microseconds) / 1e6)
        return cls(name)

    def tick(self) -> None:
        """Gives the sign of life when one is due; to be called by the thread that is watched."""
        if self._interval_s and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._interval_s
            self._send("WATCHDOG=1")

    def on_result(self, result: FrameResult) -> None:
        """Does nothing: systemd is told of states alone."""

    def on_state(self, change: StateChange) -> None:
        """Sends the state as the service's status, and once that the service is ready."""
        reason = printable(" ".join(redact(change.reason).split()))[:_MOST]
        lines = [f"STATUS={change.state.value}: {reason}"]
        if change.state is State.RUNNING and not self._ready:
            self._ready = True
            lines.append("READY=1")
        self._send("\n".join(lines))

    def close(self) -> None:
        """Says that the service stops."""
        self._send("STOPPING=1")
        self._socket.close()

    def _send(self, message: str) -> None:
        if self._address:
            with suppress(OSError):  # nobody listens any more
                self._socket.sendto(message.encode(), self._address)
