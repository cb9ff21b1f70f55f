"""Which broker, and how to reach it."""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from edgebreed.edge.camera.address import redact
from edgebreed.errors import InputError

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FORM = "give mqtt://[user:password@]host[:port]/topic, or mqtts:// for TLS"


@dataclass(frozen=True)
class Broker:
    """A broker and the topic that events go to; what it prints as holds no credentials.

    Attributes:
        host: its name or address.
        port: TCP port.
        tls: whether the connection is encrypted and the broker's certificate checked.
        topic: events go to it, the status to `<topic>/status`.
        user: None where the broker asks for none.
        password: None where the broker asks for none.
    """

    host: str
    port: int
    tls: bool
    topic: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def status_topic(self) -> str:
        """Holds `online` or `offline`, retained."""
        return f"{self.topic}/status"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}/{self.topic}"


def parse_broker(text: str) -> Broker:
    """Reads `mqtt://[user:password@]host[:port]/topic`, or `mqtts://`; percent codes are decoded.

    Raises:
        InputError: it is none, or the topic holds a wildcard; the message holds no credentials.
    """
    parts, port = _split(text)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputError(f"no broker: {redact(text)!r}: {_FORM}")
    topic = unquote(parts.path.removeprefix("/"))
    if not topic or re.search(r"[#+\0]", topic) or re.search(r"[#?]", text):
        raise InputError(f"no topic to publish to in {redact(text)!r}: {_FORM}, and no # or + in the topic")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Broker(
        parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts", topic, user, password
    )


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        # Its message would repeat what stands before an unescaped / in a password.
        raise InputError(
            f"no broker: {redact(text)!r}: {_FORM}; write @ : / in a password as %40 %3A %2F"
        ) from None
    return parts, port
