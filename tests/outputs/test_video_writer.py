"""Videos that play up to their last second."""

import base64
import itertools
import sys
from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream import open_source
from edgebreed.errors import InputError, MissingExtraError
from edgebreed.outputs.video_writer import KEY_FRAME_S, VideoWriter, load_pyav

from ..conftest import RED, plain
from ..live.browser import Browser
from .small_disk import MAY_MOUNT, largest_file, small_disk

FPS = 25
RNG = np.random.default_rng(0)


def noise() -> Frame:
    """A frame that no encoder makes small."""
    return RNG.integers(0, 255, (240, 320, 3), np.uint8)


def write_noise(writer: VideoWriter, numbers: Iterable[int]) -> None:
    """Writes a frame for each number."""
    for number in numbers:
        writer.write(noise(), number / FPS)


def frame_count(path: Path) -> int:
    """How many frames of a video decode, whatever follows them."""
    count = 0
    with av.open(path) as video:
        try:
            for _ in video.decode(video=0):
                count += 1
        except av.error.InvalidDataError:  # the frame in which the file is cut
            pass
    return count


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_what_was_written_plays_before_the_file_is_complete(tmp_path: Path, name: str) -> None:
    """But for the last fragment: the process may end at any moment."""
    writer = VideoWriter(tmp_path / name, (64, 48), FPS)
    for number in range(100):
        writer.write(plain((number, number, number), 64, 48), number / FPS)
    while_open = (tmp_path / name).read_bytes()
    (tmp_path / f"copy-{name}").write_bytes(while_open)
    writer.close()
    assert frame_count(tmp_path / f"copy-{name}") >= 100 - FPS * KEY_FRAME_S
    assert 100 == frame_count(tmp_path / name)


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_a_killed_recording_is_only_called_cut_where_it_ends_in_a_fragment(tmp_path: Path, name: str) -> None:
    """Between two, it is like one that is still written: nothing shows that more was to come."""
    writer = VideoWriter(tmp_path / name, (64, 48), FPS)
    for number in range(60):
        writer.write(plain((number, number, number), 64, 48), number / FPS)
    while_open = (tmp_path / name).read_bytes()
    writer.close()
    for data, lacks in ((while_open, False), (while_open[:-9], name == "r.mp4")):
        (tmp_path / name).write_bytes(data)
        source = open_source(str(tmp_path / name))
        assert len(list(source.frames())) >= 25
        assert lacks == (source.counters.incomplete is not None)


@pytest.mark.skipif(not MAY_MOUNT, reason="mounting a small file system needs root")
@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_a_full_disk_is_one_line_and_leaves_a_video(tmp_path: Path, name: str) -> None:
    """Of what was written before."""
    with small_disk(tmp_path / "disk", 3000) as disk:
        writer, numbers = VideoWriter(disk / name, (320, 240), FPS), itertools.count()
        with pytest.raises(InputError, match=f"cannot write video .*{name}: No space left on device"):
            write_noise(writer, numbers)
        writer.close()
        assert frame_count(disk / name) >= next(numbers) - 1 - FPS * KEY_FRAME_S > FPS


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
@pytest.mark.parametrize("lacking", [1, 100])
def test_an_end_that_does_not_fit_is_an_error(tmp_path: Path, name: str, lacking: int) -> None:
    """The last fragment, or the index, is written when the file is completed."""
    whole = VideoWriter(tmp_path / name, (64, 48), FPS)
    whole.write(plain(RED, 64, 48), 0.0)
    whole.close()
    writer = VideoWriter(tmp_path / f"cut-{name}", (64, 48), FPS)
    writer.write(plain(RED, 64, 48), 0.0)
    with (
        largest_file((tmp_path / name).stat().st_size - lacking),
        pytest.raises(InputError, match=f"cannot write video .*cut-{name}: File too large"),
    ):
        writer.close()


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
@pytest.mark.parametrize("size", [0, 900])
def test_a_video_of_which_no_frame_fits_leaves_no_file(tmp_path: Path, name: str, size: int) -> None:
    """So that the same command can be given again once there is room."""
    with largest_file(size):
        writer = VideoWriter(tmp_path / name, (320, 240), FPS)
        with pytest.raises(InputError, match="File too large"):
            write_noise(writer, itertools.count())
        writer.close()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["caf\udce9.mp4", "a:b.mp4", "a%d.avi", "http:x.mp4"])
def test_a_file_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also one that is no text, or that looks like an address or a pattern."""
    monkeypatch.chdir(tmp_path)
    writer = VideoWriter(Path(name), (64, 48), FPS)
    writer.write(plain(RED, 64, 48), 0.0)
    writer.close()
    assert [name] == [path.name for path in tmp_path.iterdir()]


def test_an_odd_size_loses_a_column_and_a_row(tmp_path: Path) -> None:
    """H.264 stores colour at half the resolution."""
    writer = VideoWriter(tmp_path / "r.mp4", (65, 49), FPS)
    writer.write(plain(RED, 65, 49), 0.0)
    writer.close()
    with av.open(tmp_path / "r.mp4") as video:
        assert (64, 48) == (video.streams.video[0].width, video.streams.video[0].height)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the system's reason."""
    (tmp_path / "r.mp4").mkdir()
    with pytest.raises(InputError, match="cannot write video .*r.mp4: Is a directory"):
        VideoWriter(tmp_path / "r.mp4", (64, 48), FPS)


def test_without_pyav_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else of edgebreed needs it."""
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(
        MissingExtraError, match=r'PyAV.* is not installed: run `pip install "edgebreed\[record\]"'
    ):
        load_pyav()


@pytest.mark.browser
def test_a_browser_plays_an_mp4_that_was_never_completed(tmp_path: Path) -> None:
    """Up to its last fragment."""
    writer = VideoWriter(tmp_path / "r.mp4", (320, 240), FPS)
    for number in range(100):
        writer.write(plain((number, number, number), 320, 240), number / FPS)
    data = base64.b64encode((tmp_path / "r.mp4").read_bytes()).decode()
    writer.close()
    page = f'<video muted autoplay src="data:video/mp4;base64,{data}"></video>'
    (tmp_path / "page.html").write_text(page)
    with Browser() as browser:
        browser.open((tmp_path / "page.html").as_uri())
        browser.wait("document.querySelector('video').ended")
        assert browser.value("document.querySelector('video').currentTime") >= 100 / FPS - KEY_FRAME_S - 0.1
