"""Streams that are killed, or run out of disk, while they record."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from edgebreed.outputs.video_writer import KEY_FRAME_S

from ..conftest import ROOT
from ..edge.stream.videos import FPS, write_video
from ..outputs.small_disk import MAY_MOUNT, small_disk
from .tally import Tally

FRAMES = 20_000  # more than are processed before the kill
KILLS = 50
needs_disk = pytest.mark.skipif(not MAY_MOUNT, reason="mounting a small file system needs root")


@dataclass(frozen=True)
class Camera:
    """A stream that records, with the folder of its outputs.

    Attributes:
        source: the video that it plays.
        model: the model that it runs.
        out: where recording and events go.
        suffix: of the recording.
    """

    source: Path
    model: Path
    out: Path
    suffix: str = ".mp4"

    @property
    def recording(self) -> Path:
        """The recording of the next stream."""
        return self.out / f"r{self.suffix}"

    @property
    def events(self) -> Path:
        """The events of all streams."""
        return self.out / "e.jsonl"

    def start(self, *options: str) -> "subprocess.Popen[str]":
        """The process, once its first result is there."""
        done = len(self.event_lines())
        outputs = ("--record", str(self.recording), "--events", str(self.events), *options)
        command = [sys.executable, "-m", "edgebreed", "stream", "--source", str(self.source), "--headless"]
        process = subprocess.Popen(
            [*command, "--model", str(self.model), *outputs],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(self.event_lines()) < done + 3 and process.poll() is None:
            time.sleep(0.02)
        return process

    def event_lines(self) -> list[bytes]:
        """The lines of the events file that are whole."""
        return self.events.read_bytes().split(b"\n")[:-1] if self.events.exists() else []


@contextmanager
def running(camera: Camera, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A stream that ends with the block."""
    process = camera.start(*options)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that no stream reaches the end of."""
    return write_video(tmp_path_factory.mktemp("source") / "long.avi", FRAMES)


def last_time(path: Path) -> float:
    """When the last frame of a video that decodes is shown, in s; -1 without one."""
    time_s = -1.0
    try:
        with av.open(path) as video:
            for frame in video.decode(video=0):
                time_s = frame.time or 0.0
    except av.error.InvalidDataError:  # where the file is cut
        pass
    return time_s


def results(lines: list[bytes]) -> list[dict[str, Any]]:
    """The results among events; each line is one whole event."""
    return [event for event in map(json.loads, lines) if event["event"] == "result"]


def kill_once(camera: Camera, seconds: float) -> tuple[float, bool]:
    """Kills a stream so long after its first result.

    Returns:
        How much of the video the recording lacks, in s, and whether the last event was cut.
    """
    before = len(camera.event_lines())
    with running(camera) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        assert -signal.SIGKILL == process.wait()
    answered = results(camera.event_lines()[before:])
    assert list(range(len(answered))) == [event["number"] for event in answered]
    lacking = answered[-1]["media_s"] - last_time(camera.recording)
    camera.recording.unlink()
    return lacking, not camera.events.read_bytes().endswith(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_killed_stream_leaves_a_recording_and_whole_events(
    long_video: Path, colours: Path, tmp_path: Path, suffix: str
) -> None:
    """The next stream goes on in the same events file."""
    camera = Camera(long_video, colours, tmp_path, suffix)
    for _ in range(2):
        lacking, _ = kill_once(camera, 0.5)
        assert lacking <= KEY_FRAME_S + 2 / FPS
    states = [event for event in map(json.loads, camera.event_lines()) if event["event"] == "state"]
    assert ["running", "running"] == [event["state"] for event in states]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_stream_whose_terminal_closes_completes_its_files(
    long_video: Path, colours: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """As one that is told to end."""
    camera = Camera(long_video, colours, tmp_path)
    with running(camera) as process:
        process.send_signal(number)
        assert 130 == process.wait(20)
    lines = camera.event_lines()
    assert ("state", "ended") == tuple(json.loads(lines[-1])[key] for key in ("event", "state"))
    assert results(lines)[-1]["media_s"] == pytest.approx(last_time(camera.recording), abs=1e-3)


@pytest.mark.slow
@needs_disk
def test_a_full_disk_ends_the_stream_with_what_was_recorded(
    long_video: Path, colours: Path, tmp_path: Path
) -> None:
    """In one line; the events go on until they do not fit either, and end in a whole line."""
    with small_disk(tmp_path / "disk", 300) as disk:
        camera = Camera(long_video, colours, disk)
        with running(camera) as process:
            assert 2 == process.wait(60)
            assert process.stderr is not None
            last = process.stderr.read().splitlines()[-1]
        assert last.startswith("edgebreed: cannot write ")
        assert last.endswith(": No space left on device")
        assert last_time(camera.recording) > 1
        assert camera.events.read_bytes().endswith(b"\n")


@pytest.mark.slow
@needs_disk
def test_events_go_on_after_a_disk_was_full(long_video: Path, colours: Path, tmp_path: Path) -> None:
    """The next stream appends to the same file."""
    with small_disk(tmp_path / "disk", 300) as disk:
        (disk / "other").write_bytes(bytes(200_000))
        camera = Camera(long_video, colours, disk)
        with running(camera) as process:
            assert 2 == process.wait(60)
        count = len(camera.event_lines())
        (disk / "other").unlink()
        with running(camera, "--record", str(tmp_path / "r.mp4"), "--max-frames", "5") as process:
            assert 0 == process.wait(60)
        assert 1 + 5 + 1 == len(camera.event_lines()) - count
        assert results(camera.event_lines())


@pytest.mark.hostile
def test_fifty_kills_cost_no_recording_and_no_event(
    long_video: Path, colours: Path, tmp_path: Path, tally: Tally
) -> None:
    """At random moments, over both formats and one events file each."""
    rng = random.Random(0)
    for number in range(KILLS):
        suffix = (".mp4", ".avi")[number % 2]
        out = tmp_path / suffix[1:]
        out.mkdir(exist_ok=True)
        lacking, cut = kill_once(Camera(long_video, colours, out, suffix), rng.uniform(0, 2))
        assert lacking <= 2, f"kill {number}: {lacking} s are missing"
        tally.count(f"kills, stream --record {suffix}", f"lack {lacking:.0f} s")
        tally.count("kills, stream --events", "mended a last line" if cut else "ended in a whole line")


@pytest.mark.hostile
@needs_disk
def test_disks_of_any_size_end_events_in_a_whole_line(
    long_video: Path, colours: Path, tmp_path: Path, tally: Tally
) -> None:
    """Twenty sizes, so that another byte of a line is the last one that fits."""
    for number in range(20):
        with small_disk(tmp_path / f"disk{number}", 100 + 12 * number) as disk:
            (disk / "odd").write_bytes(os.urandom(1 + 200 * number))
            camera = Camera(long_video, colours, disk)
            with running(camera) as process:
                assert 2 == process.wait(60)
            assert camera.events.read_bytes().endswith(b"\n")
            assert results(camera.event_lines())
        tally.count("full disks, stream --record --events", "ended in a whole line")
