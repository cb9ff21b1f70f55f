"""Parsing of `--source`."""

from pathlib import Path

import pytest

from edgebreed.edge.stream.source_uri import SourceKind, parse_source, redact
from edgebreed.errors import SourceError

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0", SourceKind.CAMERA),
        ("/dev/video2", SourceKind.CAMERA),
        ("/dev/v4l/by-id/usb-cam-index0", SourceKind.CAMERA),
        ("csi://1", SourceKind.CSI),
        ("rtsp://cam/1", SourceKind.NETWORK),
        ("HTTPS://cam/mjpeg", SourceKind.NETWORK),
        ("videotestsrc ! videoconvert ! appsink", SourceKind.PIPELINE),
    ],
)
def test_live_sources_are_recognised_by_their_text(text: str, kind: SourceKind) -> None:
    """The device or server need not exist."""
    uri = parse_source(text)
    assert (kind, True) == (uri.kind, uri.live)


def test_files_and_folders_are_recognised_by_what_is_on_disk(tmp_path: Path, photo: Path) -> None:
    """A single image counts as a folder of one; none of them is live."""
    (tmp_path / "v.mp4").touch()
    found = [parse_source(str(path)) for path in (tmp_path / "v.mp4", tmp_path, photo)]
    assert [SourceKind.VIDEO, SourceKind.IMAGES, SourceKind.IMAGES] == [uri.kind for uri in found]
    assert not any(uri.live for uri in found)
    assert SourceKind.VIDEO is parse_source(f"file://{tmp_path}/v.mp4").kind


def test_an_animation_is_a_video(tmp_path: Path) -> None:
    """A stream plays a GIF; where one picture is asked for, its first one counts."""
    for name in ("a.gif", "a.webp"):
        (tmp_path / name).touch()
    kinds = [parse_source(str(tmp_path / name)).kind for name in ("a.gif", "a.webp")]
    assert [SourceKind.VIDEO, SourceKind.IMAGES] == kinds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gone.mp4", "no such video: gone.mp4: give a camera index, /dev/video"),
        ("gopher://user:s3cret@host", "no source gopher://host: give a camera index"),
        ("csi://front", "csi://front is no camera: write csi://0"),
    ],
)
def test_an_invalid_source_is_refused(text: str, message: str) -> None:
    """The message lists the valid forms and contains no password."""
    with pytest.raises(SourceError) as caught:
        parse_source(text)
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
def test_credentials_are_removed(text: str, shown: str) -> None:
    """Wherever cameras put them; a text without credentials is unchanged."""
    assert shown == redact(text)
    assert SECRET not in repr(parse_source(text))


def test_broker_urls_are_redacted_and_mail_addresses_are_kept() -> None:
    """`redact` is applied to whole messages."""
    assert "mqtts://broker" == redact(f"mqtts://{SECRET}@broker")
    assert "camera 0, mail ann@example.org" == redact("camera 0, mail ann@example.org")


def test_only_a_video_or_images_have_a_path(tmp_path: Path) -> None:
    """Which no output may overwrite, also as a URL."""
    (tmp_path / "v.mp4").touch()
    for text in (str(tmp_path / "v.mp4"), f"file://{tmp_path}/v.mp4"):
        assert tmp_path / "v.mp4" == parse_source(text).path
    assert tmp_path == parse_source(str(tmp_path)).path
    assert [None, None] == [parse_source(text).path for text in ("0", "rtsp://cam/1")]
