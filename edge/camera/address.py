"""What `--source` names: a camera, a file, a folder of photos, or a stream on the network."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from edgebreed.edge.images import is_photo
from edgebreed.errors import SourceError


class AddressKind(StrEnum):
    """How a source is reached."""

    CAMERA = "camera"  # by index or device file, through V4L2
    CSI = "csi"  # a Jetson's ribbon-cable camera, through GStreamer
    PIPELINE = "pipeline"  # a GStreamer pipeline in the user's words
    NETWORK = "network"  # a camera on the network: RTSP, MJPEG over HTTP
    FILM = "film"  # a video file
    PHOTOS = "photos"  # a photo, or a folder of them


SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "srt")
_FORMS = "a camera index, /dev/video*, csi://N, a file, a folder, rtsp://, http:// or a GStreamer pipeline"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOGIN = re.compile(r"(?<=://)\S*@")  # up to the last @: a password may hold @, / and quotes itself
_SECRET = re.compile(
    r"((?:user[-_]?(?:name|id|pw)?|usr|login(?:use|pas)?|pass(?:word|wd|phrase)?|pwd|token|key|secret|auth|sig\w*)"
    r"\s*=\s*)(?:\"[^\"]*\"|'[^']*'|[^&\s;\"']+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Address:
    """Where frames come from.

    Attributes:
        text: as the user wrote it; it may hold a password, so only the opener reads it.
        kind: how it is reached.
    """

    text: str
    kind: AddressKind

    @property
    def live(self) -> bool:
        """Whether frames come at their own pace, so that the newest is the one wanted."""
        return self.kind not in (AddressKind.FILM, AddressKind.PHOTOS)

    @property
    def redacted(self) -> str:
        """The text without credentials, for logs, events, errors and summaries."""
        return redact(self.text)

    @property
    def device(self) -> Path | None:
        """A camera's device file."""
        if self.kind is not AddressKind.CAMERA:
            return None
        return Path(f"/dev/video{self.text}") if self.text.isdecimal() else Path(self.text)

    def __repr__(self) -> str:
        return f"Address({self.redacted!r}, {self.kind.value})"


def parse_address(text: str) -> Address:
    """Tells what a text names.

    Raises:
        SourceError: the scheme is unknown, or there is no such file or folder.
    """
    text = text.strip()
    if " ! " in text:
        return Address(text, AddressKind.PIPELINE)
    if text.isdecimal() or text.startswith("/dev/"):
        return Address(text, AddressKind.CAMERA)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _on_disk(text)
    return _by_scheme(scheme[1].lower(), text)


def redact(text: str) -> str:
    """A text without `user:password@` in URLs and without the values of secret parameters.

    It takes too much rather than too little: cameras put passwords into paths, too.
    """
    return _SECRET.sub(r"\1***", _LOGIN.sub("", text))


def _by_scheme(scheme: str, text: str) -> Address:
    if scheme == "file":
        return _on_disk(unquote(text.removeprefix("file://")))
    if scheme == "csi":
        if not text.removeprefix("csi://").isdecimal():
            raise SourceError(f"{redact(text)} names no camera: write csi://0 for the first one")
        return Address(text, AddressKind.CSI)
    if scheme not in SCHEMES:
        raise SourceError(f"no source {redact(text)}: give {_FORMS}")
    return Address(text, AddressKind.NETWORK)


def _on_disk(text: str) -> Address:
    path = Path(text)
    if path.is_dir() or (path.is_file() and is_photo(path)):
        return Address(text, AddressKind.PHOTOS)
    if not path.is_file():
        raise SourceError(f"no such video: {redact(text)}: give {_FORMS}")
    return Address(text, AddressKind.FILM)
