"""Parses what `--source` takes: a camera, a video file, a folder of images or a network stream."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from edgebreed.edge.images import is_photo
from edgebreed.edge.stream.redaction import redact, redact_pipeline, redact_url
from edgebreed.edge.stream.url_login import code_address, is_ambiguous, split_login
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
        whole = {SourceKind.NETWORK: redact_url, SourceKind.PIPELINE: redact_pipeline}
        return whole.get(self.kind, redact)(self.text)

    @property
    def over_http(self) -> bool:
        """Whether it is a network stream over HTTP or HTTPS."""
        return self.kind is SourceKind.NETWORK and self.text.lower().startswith(("http://", "https://"))

    @property
    def address(self) -> str:
        """What OpenCV opens: the text, a network address so that any parser reads it; keep it secret."""
        return code_address(self.text) if self.kind is SourceKind.NETWORK else self.text

    @property
    def ambiguous(self) -> bool:
        """Whether it is a network address with an `@` that may end a login or belong to the path."""
        return self.kind is SourceKind.NETWORK and is_ambiguous(self.text.partition("://")[2])

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
    stripped = text.strip()
    scheme = _SCHEME.match(stripped)
    if scheme is not None:
        return _parse_uri(scheme[1].lower(), stripped)
    if stripped.isdecimal() or stripped.startswith("/dev/"):
        return SourceUri(stripped, SourceKind.CAMERA)
    if _mode(text):  # whatever its name looks like
        return _parse_path(text)
    if " ! " in stripped:
        return SourceUri(stripped, SourceKind.PIPELINE)
    return _parse_path(stripped)


def _parse_uri(scheme: str, text: str) -> SourceUri:
    if scheme == "file":
        return _parse_path(unquote(text[len("file://") :], errors="surrogateescape"))
    if scheme == "csi":
        if not text[len("csi://") :].isdecimal():
            raise SourceError(f"{redact_url(text)} is no camera: write csi://0 for the first one")
        return SourceUri(text, SourceKind.CSI)
    if scheme not in SCHEMES:
        raise SourceError(f"no source {redact_url(text)}: give {_FORMS}")
    if scheme == "rtmp" and re.search("[/?#]", split_login(text[len("rtmp://") :])[0]):
        raise SourceError(
            f"{redact_url(text)}: a login over RTMP cannot hold / ? or #: choose another password"
        )
    return SourceUri(text, SourceKind.NETWORK)


def _parse_path(text: str) -> SourceUri:
    path, mode = Path(text), _mode(text)
    is_still = is_photo(path) and path.suffix.lower() != ".gif"  # whose other pictures a stream has room for
    if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and is_still):
        return SourceUri(text, SourceKind.IMAGES)
    if not stat.S_ISREG(mode):
        raise SourceError(f"no such video: {_redact_missing(text)}: give {_FORMS}")
    return SourceUri(text, SourceKind.VIDEO)


def _mode(text: str) -> int:
    """The mode of a file or folder; 0 where there is none, or the text is too long for a name."""
    try:
        return Path(text).stat().st_mode
    except (OSError, ValueError):
        return 0


def _redact_missing(text: str) -> str:
    """The name of a file that is not there, which may be an address whose scheme was left out."""
    if re.search(r":.*@", text, re.DOTALL):
        return redact_url(f"://{text}").removeprefix("://")
    return redact(text)
