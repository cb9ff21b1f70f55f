"""Where the page listens."""

import ipaddress
import re
import socket
from dataclasses import dataclass

from edgebreed.errors import InputError

_ADDRESS = re.compile(r"(?:(?P<host>\[[^\[\]]+\]|[^\[\]:]+):)?(?P<port>\d{1,5})")
_SEND_BUFFER = 128 * 1024  # bytes; the kernel's own would hold seconds of pictures for a slow viewer


@dataclass(frozen=True)
class Address:
    """A host and a port; port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether this machine alone can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def everywhere(self) -> bool:
        """Whether it stands for all of this machine's addresses."""
        return self.host in {"0.0.0.0", "::"}

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Reads `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`; without a host it is 127.0.0.1.

    Raises:
        InputError: it is none of these.
    """
    match = _ADDRESS.fullmatch(text.strip().removeprefix(":"))
    if not match or int(match["port"]) > 65535:
        raise InputError(
            f"no address to serve on: {text!r}: give HOST:PORT, such as 127.0.0.1:8080, or a port"
        )
    return Address((match["host"] or "127.0.0.1").strip("[]"), int(match["port"]))


def listen(address: Address) -> tuple[socket.socket, Address]:
    """A socket that listens there, and the address with the port that it got.

    Raises:
        InputError: the port is taken, or this machine has no such address.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        listening.bind((address.host, address.port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise InputError(
            f"cannot serve on {address}: {error.strerror or error}: choose another --serve"
        ) from error
    return listening, Address(address.host, listening.getsockname()[1])
