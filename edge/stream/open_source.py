"""Opens whatever `--source` names."""

from dataclasses import replace
from pathlib import Path

from edgebreed.edge.stream.background_opener import open_with_timeout
from edgebreed.edge.stream.capture import Capture, CaptureOptions
from edgebreed.edge.stream.opencv_capture import open_capture, stable_device_path
from edgebreed.edge.stream.outage import ReconnectSettings
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource
from edgebreed.edge.stream.source_uri import SourceKind, SourceUri, parse_source
from edgebreed.edge.stream.sources import FrameSource, ImageFolderSource
from edgebreed.edge.stream.video_file_source import VideoFileSource


def open_source(
    text: str,
    options: CaptureOptions | None = None,
    settings: ReconnectSettings | None = None,
    realtime: bool = False,
) -> FrameSource:
    """Opens a camera, a video file, a folder of images or a network stream.

    Args:
        text: what `--source` takes.
        options: what to request from the source.
        settings: when a camera or network stream counts as lost, and how long to try to reopen it.
        realtime: plays video files and images in real time and drops frames, as a camera does.

    Raises:
        SourceError: it does not open.
        InputError: the folder contains no image.
    """
    uri, options = parse_source(text), options or CaptureOptions()
    if uri.kind is SourceKind.IMAGES:
        return ImageFolderSource(Path(uri.text), options, realtime)
    if uri.kind is SourceKind.VIDEO:
        return VideoFileSource(_open_in_time(uri, options), uri.text, options, realtime, Path(uri.text))
    if uri.kind is SourceKind.NETWORK:
        return _open_network(uri, options, settings, realtime)
    stable = _with_stable_path(uri)
    return ReconnectingSource(lambda: open_capture(stable, options), _name(uri), settings)


def _open_network(
    uri: SourceUri, options: CaptureOptions, settings: ReconnectSettings | None, realtime: bool
) -> FrameSource:
    """A network camera, or a video file behind a URL, which has a length."""
    capture = _open_in_time(uri, options)
    if capture.length:
        return VideoFileSource(capture, uri.redacted, options, realtime)
    first = [capture]
    return ReconnectingSource(
        lambda: first.pop() if first else open_capture(uri, options), uri.redacted, settings
    )


def _open_in_time(uri: SourceUri, options: CaptureOptions) -> Capture:
    """Opens a source in the background: a look-up of names or a lost file server has no limit of its own."""
    return open_with_timeout(lambda: open_capture(uri, options), uri.redacted, options.open_timeout_s)


def _with_stable_path(uri: SourceUri) -> SourceUri:
    """A USB camera by the path that stays the same when its number changes."""
    if uri.device is None or not uri.device.exists():
        return uri
    return replace(uri, text=str(stable_device_path(uri.device)))


def _name(uri: SourceUri) -> str:
    return f"camera {uri.text}" if uri.text.isdecimal() else uri.redacted
