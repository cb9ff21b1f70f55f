"""Host and port that the live page listens on."""

import ipaddress
import re
import socket
from dataclasses import dataclass

from edgebreed.errors import InputError

_ENDPOINT = re.compile(r"(?:(?P<host>\[[^\[\]]+\]|[^\[\]:]+):)?(?P<port>\d{1,5})")
_SEND_BUFFER = 128 * 1024  # bytes; the kernel's default would hold seconds of pictures for a slow viewer
_PROBES = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}  # s, s, times


@dataclass(frozen=True)
class Endpoint:
    """A host and a port; port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def wildcard(self) -> bool:
        """Whether it stands for all addresses of this machine."""
        return self.host in {"0.0.0.0", "::"}

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """Parses `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`; the host is 127.0.0.1 by default.

    Raises:
        InputError: it is none of these.
    """
    match = _ENDPOINT.fullmatch(text.strip().removeprefix(":"))
    if not match or int(match["port"]) > 65535:
        raise InputError(
            f"no address to serve on: {text!r}: give HOST:PORT, such as 127.0.0.1:8080, or a port"
        )
    return Endpoint((match["host"] or "127.0.0.1").strip("[]"), int(match["port"]))


def listen(endpoint: Endpoint) -> tuple[socket.socket, Endpoint]:
    """A listening socket, and the endpoint with the port that it got.

    Raises:
        InputError: the port is in use, this machine has no such address, or the host is no name at all.
    """
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        _probe_silent_clients(listening)
        listening.bind((endpoint.host, endpoint.port))
        listening.listen()
    except (OSError, TypeError, ValueError) as error:  # the latter two where a host cannot be encoded
        listening.close()
        raise InputError(f"cannot serve on {endpoint}: {_reason(error)}: choose another --serve") from error
    return listening, Endpoint(endpoint.host, listening.getsockname()[1])


def _reason(error: Exception) -> str:
    return str(error.strerror or error) if isinstance(error, OSError) else "the host is no name or address"


def _probe_silent_clients(listening: socket.socket) -> None:
    """Ends connections, which inherit this, a minute after their client lost its power or network."""
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _PROBES.items():
        listening.setsockopt(socket.IPPROTO_TCP, option, value)
