"""Parses the URL of an MQTT broker and topic."""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from edgebreed.edge.stream.redaction import redact
from edgebreed.errors import InputError

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FORM = "give mqtt://[user:password@]host[:port]/topic, or mqtts:// for TLS"


@dataclass(frozen=True)
class Broker:
    """An MQTT broker and the topic of the events; its text forms contain no credentials.

    Attributes:
        host: name or IP address.
        port: TCP port.
        tls: whether to encrypt the connection and check the broker's certificate.
        topic: of the events; the status goes to `<topic>/status`.
        user: None if the broker asks for none.
        password: None if the broker asks for none.
    """

    host: str
    port: int
    tls: bool
    topic: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def status_topic(self) -> str:
        """Topic of the retained message `online` or `offline`."""
        return f"{self.topic}/status"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}/{self.topic}"


def parse_broker(text: str) -> Broker:
    """Parses `mqtt://[user:password@]host[:port]/topic`, or `mqtts://`; percent codes are decoded.

    Raises:
        InputError: it is no such URL, or the topic contains a wildcard; the message has no credentials.
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
        # Its own message would quote the part of a password before an unescaped slash.
        raise InputError(
            f"no broker: {redact(text)!r}: {_FORM}; write @ : / in a password as %40 %3A %2F"
        ) from None
    return parts, port
