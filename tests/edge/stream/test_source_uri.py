"""Parsing of `--source`."""

from pathlib import Path
from urllib.parse import quote

import pytest

from edgebreed.edge.stream.source_uri import SourceKind, parse_source
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
        ("rtmp://u:s3cret/x@host/live", "rtmp://host/live: a login over RTMP cannot hold / ? or #: choose"),
        ("csi://front", "csi://front is no camera: write csi://0"),
    ],
)
def test_an_invalid_source_is_refused(text: str, message: str) -> None:
    """The message lists the valid forms and contains no password."""
    with pytest.raises(SourceError) as caught:
        parse_source(text)
    assert message in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_source_hides_its_login_wherever_it_is_shown() -> None:
    """In `redacted` and `repr`; what opens it gets a login that any parser reads."""
    uri = parse_source("rtsp://admin:s3cret/#? @cam:554/live")
    assert ("rtsp://cam:554/live", SourceKind.NETWORK) == (uri.redacted, uri.kind)
    assert "SourceUri('rtsp://cam:554/live', network)" == repr(uri)
    assert "rtsp://admin:s3cret%2F%23%3F%20@cam:554/live" == uri.address


@pytest.mark.parametrize("text", ["rtsp://u:a ! s3cret@cam/1", "RTSP://u:a ! s3cret@cam/1"])
def test_an_address_with_a_pipeline_in_its_password_is_an_address(text: str) -> None:
    """A pipeline does not begin with a scheme."""
    uri = parse_source(text)
    assert (SourceKind.NETWORK, False) == (uri.kind, SECRET in uri.redacted)


@pytest.mark.parametrize(
    "name", ["a:b.mp4", "http:.mp4", "concat:x", " x.mp4", "a ! b.mp4", "-x.mp4", "a\nb.mp4", "caf\udce9.mp4"]
)
def test_a_file_of_any_name_is_a_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What exists is a file, whatever its name looks like; as a URL too."""
    monkeypatch.chdir(tmp_path)
    Path(name).touch()
    coded = quote(f"{tmp_path}/{name}", errors="surrogateescape")
    for text in (name, f"file://{coded}", f"FILE://{coded}"):
        uri = parse_source(text)
        assert (SourceKind.VIDEO, name) == (uri.kind, Path(uri.text).name)


def test_a_text_that_is_too_long_for_a_name_is_no_video() -> None:
    """In one line, as any other that is not there."""
    with pytest.raises(SourceError, match="no such video: xxx"):
        parse_source("x" * 5000)


@pytest.mark.parametrize(
    "text", ["admin:s3 s3cret@cam/live", "rtsp:/admin:s3cret@cam/live", "a:s3cret@cam/s3cret"]
)
def test_an_address_without_its_scheme_hides_its_login_too(text: str) -> None:
    """It is taken for a file that is not there."""
    with pytest.raises(SourceError, match="no such video: cam/") as caught:
        parse_source(text)
    assert SECRET not in str(caught.value)


def test_only_a_video_or_images_have_a_path(tmp_path: Path) -> None:
    """Which no output may overwrite, also as a URL."""
    (tmp_path / "v.mp4").touch()
    for text in (str(tmp_path / "v.mp4"), f"file://{tmp_path}/v.mp4"):
        assert tmp_path / "v.mp4" == parse_source(text).path
    assert tmp_path == parse_source(str(tmp_path)).path
    assert [None, None] == [parse_source(text).path for text in ("0", "rtsp://cam/1")]


@pytest.mark.parametrize(
    ("text", "ambiguous"),
    [
        ("rtsp://nvr:8554/a@b", True),
        ("rtsp://ann:12/34@10.0.0.5/live", True),
        ("rtsp://ann:secret@10.0.0.5/live", False),
        ("rtsp://nvr:8554/a%40b", False),
        ("a ! b@c ! d", False),
    ],
)
def test_an_at_sign_behind_a_host_is_ambiguous(text: str, ambiguous: bool) -> None:
    """It may end a login, or belong to the path."""
    assert ambiguous == parse_source(text).ambiguous
