"""Opens whatever `--source` names."""

from dataclasses import replace
from pathlib import Path

from edgebreed.edge.camera.address import Address, AddressKind, parse_address
from edgebreed.edge.camera.capture import CaptureOptions
from edgebreed.edge.camera.live import LiveSettings, LiveSource
from edgebreed.edge.camera.on_disk import FilmSource, PhotoSource
from edgebreed.edge.camera.opencv_capture import lasting_name, open_capture
from edgebreed.edge.camera.source import FrameSource


def open_source(
    text: str,
    options: CaptureOptions | None = None,
    settings: LiveSettings | None = None,
    realtime: bool = False,
) -> FrameSource:
    """Opens a camera, a film, a folder of photos or a network stream.

    Args:
        text: what `--source` takes.
        options: what to ask of the source.
        settings: when a live source counts as lost, and how long it is looked for.
        realtime: gives films and photos at their own pace, as a camera would.

    Raises:
        SourceError: it does not open.
        InputError: the folder holds no photo.
    """
    address, options = parse_address(text), options or CaptureOptions()
    if address.kind is AddressKind.PHOTOS:
        return PhotoSource(Path(address.text), options, realtime)
    if address.kind is AddressKind.FILM:
        return FilmSource(open_capture(address, options), address.text, options, realtime)
    if address.kind is AddressKind.NETWORK:
        return _network(address, options, settings, realtime)
    lasting = _lasting(address)
    return LiveSource(lambda: open_capture(lasting, options), _name(address), settings)


def _network(
    address: Address, options: CaptureOptions, settings: LiveSettings | None, realtime: bool
) -> FrameSource:
    """A camera on the network; what has an end is a film."""
    capture = open_capture(address, options)
    if capture.length:
        return FilmSource(capture, address.redacted, options, realtime)
    opened = [capture]
    return LiveSource(
        lambda: opened.pop() if opened else open_capture(address, options), address.redacted, settings
    )


def _lasting(address: Address) -> Address:
    """A USB camera by the name that stays when its number changes."""
    if address.device is None or not address.device.exists():
        return address
    return replace(address, text=str(lasting_name(address.device)))


def _name(address: Address) -> str:
    return f"camera {address.text}" if address.text.isdecimal() else address.redacted
