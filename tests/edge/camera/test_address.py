"""What `--source` names."""

from pathlib import Path

import pytest

from edgebreed.edge.camera.address import AddressKind, parse_address, redact
from edgebreed.errors import SourceError

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0", AddressKind.CAMERA),
        ("/dev/video2", AddressKind.CAMERA),
        ("/dev/v4l/by-id/usb-cam-index0", AddressKind.CAMERA),
        ("csi://1", AddressKind.CSI),
        ("rtsp://cam/1", AddressKind.NETWORK),
        ("HTTPS://cam/mjpeg", AddressKind.NETWORK),
        ("videotestsrc ! videoconvert ! appsink", AddressKind.PIPELINE),
    ],
)
def test_live_sources_are_told_by_their_text(text: str, kind: AddressKind) -> None:
    """They need not be there to be known, and the newest frame is the one wanted."""
    address = parse_address(text)
    assert (kind, True) == (address.kind, address.live)


def test_files_and_folders_are_told_by_what_is_there(tmp_path: Path, photo: Path) -> None:
    """A photo is a folder of one; every frame is wanted."""
    (tmp_path / "v.mp4").touch()
    found = [parse_address(str(path)) for path in (tmp_path / "v.mp4", tmp_path, photo)]
    assert [AddressKind.FILM, AddressKind.PHOTOS, AddressKind.PHOTOS] == [a.kind for a in found]
    assert not any(address.live for address in found)
    assert AddressKind.FILM is parse_address(f"file://{tmp_path}/v.mp4").kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gone.mp4", "no such video: gone.mp4: give a camera index, /dev/video"),
        ("gopher://user:s3cret@host", "no source gopher://host: give a camera index"),
        ("csi://front", "csi://front names no camera: write csi://0"),
    ],
)
def test_what_names_nothing_is_refused(text: str, message: str) -> None:
    """With all forms that are known, and without a password."""
    with pytest.raises(SourceError) as caught:
        parse_address(text)
    assert message in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:s3cret@cam:554/live", "rtsp://cam:554/live"),
        ("rtsp://admin:s3cret@with@cam/live", "rtsp://cam/live"),
        ("rtsp://admin:s3cret/slash@cam/live", "rtsp://cam/live"),
        ("http://cam/v.cgi?user=admin&pwd=s3cret&x=1", "http://cam/v.cgi?user=***&pwd=***&x=1"),
        ("rtsp://cam/user=admin_password=s3cret_channel=1", "rtsp://cam/user=***"),
        ("https://cam/mjpeg?api_key=s3cret", "https://cam/mjpeg?api_key=***"),
        (
            'rtspsrc location="rtsp://u:s3cret@cam/1" user-pw=s3cret ! decodebin',
            'rtspsrc location="rtsp://cam/1" user-pw=*** ! decodebin',
        ),
        ("rtspsrc user-pw='s3cret' ! x", "rtspsrc user-pw=*** ! x"),
        ('rtspsrc user-pw = "s3cret word" ! x', "rtspsrc user-pw = *** ! x"),
        ("http://cam/v?access_token=s3cret&x=1", "http://cam/v?access_token=***&x=1"),
        ("http://cam/v?loginuse=a&loginpas=s3cret", "http://cam/v?loginuse=***&loginpas=***"),
        ("http://cam/v?pass=a!s3cret", "http://cam/v?pass=***"),
        ("http://cam:8080/mjpeg?size=2", "http://cam:8080/mjpeg?size=2"),
        ("rtsp://u:s3cret@c/1 after rtsp://d:s3cret@f/2", "rtsp://c/1 after rtsp://f/2"),
        ('rtsp://u:"s3cret@cam/1 is silent', "rtsp://cam/1 is silent"),
    ],
)
def test_credentials_are_taken_out(text: str, shown: str) -> None:
    """Wherever cameras put them; what holds none stays as it is."""
    assert shown == redact(text)
    assert SECRET not in repr(parse_address(text))


def test_a_broker_is_redacted_too_and_a_mail_address_stays() -> None:
    """Messages hold more than sources."""
    assert "mqtts://broker" == redact(f"mqtts://{SECRET}@broker")
    assert "camera 0, mail ann@example.org" == redact("camera 0, mail ann@example.org")
