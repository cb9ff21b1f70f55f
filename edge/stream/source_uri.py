"""Parses what `--source` takes: a camera, a video file, a folder of images or a network stream."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from edgebreed.edge.images import is_photo
from edgebreed.errors import SourceError
from edgebreed.str_enum import StrEnum


class SourceKind(StrEnum):
    """How a source is opened."""

    CAMERA = "camera"  # by index or device file, through V4L2
    CSI = "csi"  # a Jetson's ribbon-cable camera, through GStreamer
    PIPELINE = "pipeline"  # a GStreamer pipeline that the user wrote
    NETWORK = "network"  # RTSP, MJPEG over HTTP and other network streams
    VIDEO = "video"  # a video file
    IMAGES = "images"  # an image file, or a folder of them


SCHEMES = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "srt")
_FORMS = "a camera index, /dev/video*, csi://N, a file, a folder, rtsp://, http:// or a GStreamer pipeline"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOGIN = re.compile(r"(?<=://)\S*@")  # up to the last @: passwords may contain @, / and quotes
_SECRET = re.compile(
    r"((?:user[-_]?(?:name|id|pw)?|usr|login(?:use|pas)?|pass(?:word|wd|phrase)?|pwd|token|key|secret|auth|sig\w*)"
    r"\s*=\s*)(?:\"[^\"]*\"|'[^']*'|[^&\s;\"']+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SourceUri:
    """A parsed `--source`.

    Attributes:
        text: as the user wrote it; it may contain a password, so only the code that opens it reads it.
        kind: how it is opened.
    """

    text: str
    kind: SourceKind

    @property
    def live(self) -> bool:
        """Whether frames arrive in real time, so that a newer frame makes the previous one stale."""
        return self.kind not in (SourceKind.VIDEO, SourceKind.IMAGES)

    @property
    def redacted(self) -> str:
        """The text without credentials, for logs, events, errors and summaries."""
        return redact(self.text)

    @property
    def path(self) -> Path | None:
        """The file or folder of a video or of images; None for any other kind."""
        return None if self.live else Path(self.text)

    @property
    def device(self) -> Path | None:
        """The device file of a camera; None for any other kind."""
        if self.kind is not SourceKind.CAMERA:
            return None
        return Path(f"/dev/video{self.text}") if self.text.isdecimal() else Path(self.text)

    def __repr__(self) -> str:
        return f"SourceUri({self.redacted!r}, {self.kind.value})"


def parse_source(text: str) -> SourceUri:
    """Parses `--source` and finds out its kind.

    Raises:
        SourceError: the scheme is unknown, or there is no such file or folder.
    """
    text = text.strip()
    if " ! " in text:
        return SourceUri(text, SourceKind.PIPELINE)
    if text.isdecimal() or text.startswith("/dev/"):
        return SourceUri(text, SourceKind.CAMERA)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _parse_path(text)
    return _parse_uri(scheme[1].lower(), text)


def redact(text: str) -> str:
    """Removes `user:password@` from URLs and the values of parameters that look secret.

    It rather removes too much than too little: cameras also put passwords into paths.
    """
    return _SECRET.sub(r"\1***", _LOGIN.sub("", text))


def _parse_uri(scheme: str, text: str) -> SourceUri:
    if scheme == "file":
        return _parse_path(unquote(text.removeprefix("file://")))
    if scheme == "csi":
        if not text.removeprefix("csi://").isdecimal():
            raise SourceError(f"{redact(text)} is no camera: write csi://0 for the first one")
        return SourceUri(text, SourceKind.CSI)
    if scheme not in SCHEMES:
        raise SourceError(f"no source {redact(text)}: give {_FORMS}")
    return SourceUri(text, SourceKind.NETWORK)


def _parse_path(text: str) -> SourceUri:
    path = Path(text)
    is_still = is_photo(path) and path.suffix.lower() != ".gif"  # whose other pictures a stream has room for
    if path.is_dir() or (path.is_file() and is_still):
        return SourceUri(text, SourceKind.IMAGES)
    if not path.is_file():
        raise SourceError(f"no such video: {redact(text)}: give {_FORMS}")
    return SourceUri(text, SourceKind.VIDEO)
