"""Opening whatever `--source` names."""

from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from edgebreed.edge.stream.capture import CaptureOptions
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.sources import ImageFolderSource
from edgebreed.edge.stream.video_file_source import VideoFileSource
from edgebreed.errors import SourceError

from .captures import WAITED, hung_file, new_threads, silent_server, wait_for
from .videos import write_video


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without logging."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it that
        """Nothing."""


def test_files_and_folders_are_opened_as_what_they_are(tmp_path: Path, photo: Path) -> None:
    """A video file, a folder, an image; in real time on request."""
    video = open_source(str(write_video(tmp_path / "v.avi", 2)), realtime=True)
    assert (VideoFileSource, True) == (type(video), video.live)
    video.close()
    assert [ImageFolderSource, ImageFolderSource] == [
        type(open_source(str(path))) for path in (tmp_path, photo)
    ]


def test_a_video_file_behind_a_url_is_a_video_file(tmp_path: Path) -> None:
    """It ends, and no frame is dropped; a camera would be reopened."""
    write_video(tmp_path / "v.avi", 5)
    handler = lambda *args: Quiet(*args, directory=str(tmp_path))  # noqa: E731  # a handler is made per request
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        source = open_source(f"http://me:s3cret@127.0.0.1:{server.server_port}/v.avi", CaptureOptions())
        assert 5 == len(list(source.frames()))
        source.close()
        server.shutdown()
        thread.join()
    assert (f"http://127.0.0.1:{server.server_port}/v.avi", False) == (source.name, source.live)


@pytest.mark.parametrize("text", ["93", "/dev/video93", "gone.mp4"])
def test_a_source_that_is_not_there_is_named(text: str) -> None:
    """As the user wrote it."""
    with pytest.raises(SourceError, match=text):
        open_source(text)


@pytest.mark.slow
@pytest.mark.parametrize("drip", [b"", b"HTTP/1.0 200 OK\r\n" * 20])
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_server_that_answers_with_nothing_is_given_up_in_time(scheme: str, drip: bytes) -> None:
    """Or with a byte now and then; what was left behind ends too."""
    with silent_server(drip) as (port, _), new_threads() as threads:
        address = f"{scheme}://127.0.0.1:{port}/x"
        with pytest.raises(SourceError, match=rf"^{address} did not open within {WAITED} s: check cable"):
            open_source(address.replace("//", "//me:s3cret@"), CaptureOptions(open_timeout_s=0.3))
        wait_for(lambda: "open" not in threads())


def test_a_video_on_a_lost_file_server_is_given_up_in_time(tmp_path: Path) -> None:
    """Where the system itself does not return from opening the file."""
    path = write_video(tmp_path / "v.avi", 2)
    with hung_file(path), pytest.raises(SourceError, match=rf"v\.avi did not open within {WAITED} s"):
        open_source(str(path), CaptureOptions(open_timeout_s=0.2))
    source = open_source(str(path))
    assert 2 == len(list(source.frames()))
    source.close()
