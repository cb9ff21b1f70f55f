"""Parses the URL of an MQTT broker and topic."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from edgebreed.edge.stream.redaction import redact
from edgebreed.edge.stream.url_login import is_host, split_login
from edgebreed.errors import InputError

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_LONGEST = 65_535  # bytes of a text in MQTT
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

    @property
    def exposes_password(self) -> bool:
        """Whether the password goes to another machine unencrypted."""
        return self.password is not None and not self.tls and not _is_loopback(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        topic = self.topic.replace("@", "%40")  # as it is typed, so that nothing takes it for a login's end
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}/{topic}"


def parse_broker(text: str) -> Broker:
    """Parses `mqtt://[user:password@]host[:port]/topic`, or `mqtts://`; percent codes are decoded.

    A login may be typed with any characters, as `split_login` finds its end; an `@` in the topic is `%40`.

    Raises:
        InputError: it is no such URL, or MQTT cannot publish to the topic or carry the login; the message has
            no credentials.
    """
    if not text.isprintable():
        raise InputError(f"no broker, as the URL holds characters that are no text: {_FORM}")
    login, where = _split_login(text)
    parts, port = _split(where, text)
    if parts.scheme not in _PORTS or not _has_valid_host(parts) or port == 0:
        raise InputError(f"no broker: {redact(text)!r}: {_FORM}")
    topic = unquote(parts.path.removeprefix("/"))
    if re.search(r"[#?]", where) or not _is_topic(topic):
        raise InputError(f"no topic to publish to in {redact(text)!r}: {_FORM}, and no # or + in the topic")
    user, _, password = (unquote(part) or None for part in login.partition(":"))
    if not all(_is_text(word) for word in (user, password) if word) or (password and not user):
        raise InputError(f"no login for a broker: {redact(text)!r}: {_FORM}")
    return Broker(
        parts.hostname or "", port or _PORTS[parts.scheme], parts.scheme == "mqtts", topic, user, password
    )


def _split_login(text: str) -> tuple[str, str]:
    """The login, as it is typed, and the URL without it."""
    scheme, mark, address = text.partition("://")
    login, rest = split_login(address, at_in_path=False)
    if "@" in rest or (":" not in login and re.search("[/?#]", login)):
        raise InputError(f"no broker: {redact(text)!r}: {_FORM}; write an at sign in a topic or login as %40")
    return login, f"{scheme}{mark}{rest}"


def _has_valid_host(parts: SplitResult) -> bool:
    """Whether there is one that can be looked up: no label of a name is empty or too long."""
    try:
        return is_host(parts.netloc) and bool((parts.hostname or "").encode("idna"))
    except UnicodeError:
        return False


def _is_loopback(host: str) -> bool:
    if host.rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_topic(topic: str) -> bool:
    """Whether one can publish to it and to its status topic."""
    return bool(topic) and not re.search(r"[#+]", topic) and _is_text(f"{topic}/status")


def _is_text(text: str) -> bool:
    """Whether MQTT can carry it (MQTT 3.1.1, section 1.5.3)."""
    try:
        return "\0" not in text and len(text.encode()) <= _LONGEST
    except UnicodeEncodeError:
        return False


def _split(url: str, text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(f"no broker: {redact(text)!r}: {_FORM}") from None
    return parts, port
