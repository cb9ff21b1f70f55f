"""Whatever `--source` names."""

from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from edgebreed.edge.camera.capture import CaptureOptions
from edgebreed.edge.camera.on_disk import FilmSource, PhotoSource
from edgebreed.edge.camera.open import open_source
from edgebreed.errors import SourceError

from .test_on_disk import write_video


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it that
        """Nothing."""


def test_what_is_on_disk_is_opened_as_what_it_is(tmp_path: Path, photo: Path) -> None:
    """A film, a folder, a photo; in real time where that is asked for."""
    film = open_source(str(write_video(tmp_path / "v.avi", 2)), realtime=True)
    assert (FilmSource, True) == (type(film), film.live)
    film.close()
    assert [PhotoSource, PhotoSource] == [type(open_source(str(path))) for path in (tmp_path, photo)]


def test_a_film_on_the_network_is_a_film(tmp_path: Path) -> None:
    """It ends, and no frame is dropped; a camera would be opened again."""
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
    """In the words of whoever asked."""
    with pytest.raises(SourceError, match=text):
        open_source(text)
