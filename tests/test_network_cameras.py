"""Network cameras that fail in the ways in which cameras fail: a killed server, garbage, stalls, hang-ups."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cv2
import numpy as np
import pytest

from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.engines import FixedEngine
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream import (
    CaptureOptions,
    FrameResult,
    ReconnectSettings,
    StateChange,
    StreamSummary,
    open_source,
    run_stream,
)
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.errors import SourceError

from .conftest import colour_manifest, plain
from .edge.stream.http_camera import http_camera

SERVER = Path(__file__).parent / "rtsp_server.py"
LOGIN = "admin:s3cret"
TIMEOUT_S = 30.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Waits for a condition, and fails if it takes too long."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"no {what} in {TIMEOUT_S} s"
        time.sleep(0.05)


# --- a real RTSP server, killed -----------------------------------------------------------------------


@contextmanager
def rtsp_server(port: int, *login: str) -> Iterator[subprocess.Popen[str]]:
    """GStreamer's RTSP server, from when it listens until it is killed; with a user and a password."""
    command = ["/usr/bin/python3", str(SERVER), str(port), *login]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
        yield process
        process.kill()


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def events(path: Path) -> list[dict[str, Any]]:
    """The complete lines that a stream has written so far."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.mark.long
@pytest.mark.stream
def test_the_stream_survives_a_server_that_is_killed_three_times(tmp_path: Path, colours: Path) -> None:
    """Three reconnects are counted, Ctrl-C ends it properly, and the password is nowhere."""
    port = free_port()
    written = tmp_path / "e.jsonl"
    source = f"rtsp://{LOGIN}@127.0.0.1:{port}/live"
    command = [sys.executable, "-m", "edgebreed", "stream", "--source", source, "--model", str(colours)]
    options = ["--headless", "--json", "--events", str(written), "--read-timeout", "3", "--threads", "1"]

    def results() -> int:
        return sum(event["event"] == "result" for event in events(written))

    with rtsp_server(port) as server:
        stream = subprocess.Popen(
            command + options, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wait_until(lambda: results() > 3, "result")
        server.kill()
    for lost in (1, 2, 3):
        wait_until(lambda n=lost: states(written).count("reconnecting") == n, "loss")  # type: ignore[misc]  # mypy takes the default for an argument
        with rtsp_server(port) as server:
            before = results()
            wait_until(lambda n=before: results() > n + 3, "result after the reconnect")  # type: ignore[misc]  # as above
            if lost == 3:
                stream.send_signal(signal.SIGINT)
                out, err = stream.communicate(timeout=TIMEOUT_S)
    summary = json.loads(out)
    assert (130, 3, "ended") == (stream.returncode, summary["reconnects"], summary["state"])
    frames = summary["frames"]
    assert frames["read"] == frames["processed"] + frames["dropped"] + frames["failed"]
    assert ["running", *["reconnecting", "running"] * 3, "ended"] == states(written)
    assert frames["processed"] == results()
    assert "s3cret" not in out + err + written.read_text()


def states(path: Path) -> list[str]:
    """The states that a stream has written so far."""
    return [event["state"] for event in events(path) if event["event"] == "state"]


@pytest.mark.long
@pytest.mark.stream
def test_a_login_of_any_characters_opens_a_camera() -> None:
    """As it is, and percent-coded; faults of login and path are told apart."""
    password, port = 'p/a?s#s w@rd:"%&+', free_port()
    with rtsp_server(port, "admin", password):
        for login in (f"admin:{password}", f"admin:{quote(password, safe='')}"):
            source = open_source(f"rtsp://{login}@127.0.0.1:{port}/live")
            assert (240, 320, 3) == next(iter(source.frames())).frame.shape
            source.close()
        for login, path, fault in (
            ("", "live", "the camera asks for a login"),
            ("admin:wrong@", "live", "the camera refuses the login"),
            (f"admin:{password}@", "none", r"the camera has no such path \(404\)"),
        ):
            with pytest.raises(SourceError, match=fault) as caught:
                open_source(f"rtsp://{login}127.0.0.1:{port}/{path}")
            assert "p/a" not in str(caught.value)


# --- an MJPEG camera that follows a script ------------------------------------------------------------

Step = Callable[[BaseHTTPRequestHandler], None]


def picture(width: int = 64, height: int = 48) -> Step:
    """Half a second of pictures that differ."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        for number in range(10):
            noise = np.random.default_rng(number).integers(0, 60, (height, width, 3), np.uint8)
            data = cv2.imencode(".jpg", plain((40, 90, 160), width, height) + noise)[1].tobytes()
            head = f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            handler.wfile.write(head.encode() + data + b"\r\n")
            time.sleep(0.05)

    return send


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """A part with the headers of a picture and random bytes, then more random bytes."""
    noise = np.random.default_rng(0).bytes(20_000)
    handler.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: 20000\r\n\r\n" + noise)
    handler.wfile.write(noise)


def stall(seconds: float) -> Step:
    """Sends nothing, and keeps the connection open."""
    return lambda _: time.sleep(seconds)


@contextmanager
def mjpeg_camera(*connections: Sequence[Step]) -> Iterator[str]:
    """An MJPEG camera; each connection plays its script and is closed, later ones repeat the last script."""
    opened = count()

    def answer(camera: BaseHTTPRequestHandler) -> None:
        camera.send_response(200)
        camera.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        camera.end_headers()
        for step in connections[min(next(opened), len(connections) - 1)]:
            step(camera)

    with http_camera(answer) as address:
        yield f"http://{LOGIN}@{address}/mjpeg"


class Widths:
    """A sink that records the width of each frame, and the reasons of states."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.reasons: list[str] = []

    def on_result(self, result: FrameResult) -> None:
        """Records the width."""
        self.seen.append(result.frame.shape[1])

    def on_state(self, change: StateChange) -> None:
        """Records the reason."""
        self.reasons.append(change.reason)

    def close(self) -> None:
        """Nothing is buffered."""


def watch(url: str, enough: Callable[[Widths], bool]) -> tuple[StreamSummary, Widths]:
    """Streams a camera until `enough` is true."""
    settings = ReconnectSettings(read_timeout_s=2.0, backoff=Backoff(0.05, cap=0.2))
    source = open_source(url, CaptureOptions(read_timeout_s=2.0), settings)
    pipeline = Pipeline(
        FixedEngine(np.array([0.8, 0.1, 0.1], np.float32)), colour_manifest(), FixedDetector()
    )
    sink, deadline = Widths(), time.monotonic() + TIMEOUT_S
    summary = run_stream(source, pipeline, [sink], stop=lambda: enough(sink) or time.monotonic() > deadline)
    counts = summary.counts
    assert counts.captured == counts.processed + counts.dropped + counts.failed
    assert [] == summary.errors
    assert "s3cret" not in summary.source + summary.reason + "".join(sink.reasons)
    return summary, sink


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "name"), [(garbage, "garbage"), (stall(10.0), "stall"), (stall(0), "hang-up")]
)
def test_the_stream_goes_on_after(fault: Step, name: str) -> None:
    """Garbage, a stall, or a closed connection: one reconnect, then pictures."""
    with mjpeg_camera([picture(), picture(), fault], [picture(96, 64)] * 100) as url:
        summary, sink = watch(url, lambda sink: sink.seen.count(96) > 5)
    assert (1, True) == (summary.counts.reconnects, sink.seen.count(64) > 5), name
    assert [64, 96] == sorted(set(sink.seen))


@pytest.mark.slow
def test_a_new_resolution_needs_no_reconnect() -> None:
    """OpenCV resizes to the first one; after a reconnect the new one is taken, as in the test above."""
    with mjpeg_camera([picture(), *[picture(160, 120)] * 100]) as url:
        summary, sink = watch(url, lambda sink: len(sink.seen) > 30)
    assert (0, 0) == (summary.counts.reconnects, summary.counts.failed)
    assert {64} == set(sink.seen)
