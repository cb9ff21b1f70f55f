"""The window."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.outputs.window import WindowSink

from ..conftest import ROOT
from ..edge.stream.videos import write_video


@pytest.mark.slow
@pytest.mark.parametrize("display", ["", ":77", "nonsense"])
def test_a_display_that_does_not_answer_is_refused(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenCV itself would end the process; the error names the display."""
    monkeypatch.setenv("DISPLAY", display)
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match=f"no window: .*could not connect to display {display}$"):
        WindowSink()


def test_an_unknown_window_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a line that says what was missing."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "\x1b[2junk")
    with pytest.raises(InputError, match=r"no window: .*plugin \"\\x1b\[2junk\""):
        WindowSink()


@pytest.fixture
def display() -> Iterator[str]:
    """A display that nobody sees."""
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        with os.fdopen(ours) as told:
            yield f":{told.readline().strip()}"
        server.terminate()


@pytest.mark.display
def test_frames_are_shown_where_a_display_answers(display: str, colours: Path, tmp_path: Path) -> None:
    """By a process of its own, as OpenCV keeps the display for as long as a process lives."""
    source = write_video(tmp_path / "clip.avi", 3)
    command = [sys.executable, "-m", "edgebreed", "stream", "--source", str(source), "--model", str(colours)]
    environment = {**os.environ, "DISPLAY": display}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (0, False) == (done.returncode, "window" in done.stderr), done.stderr
    assert "3 processed" in done.stdout


@pytest.mark.display
def test_nobody_can_quit_before_the_first_frame(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window is only opened for a frame; asking for keys without it would hang some window systems."""
    monkeypatch.setenv("DISPLAY", display)
    assert not WindowSink().quit_requested()
