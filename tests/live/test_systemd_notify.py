"""What systemd is told of a stream."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream import open_source, run_stream
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.live.systemd_notify import SystemdNotifier

from ..conftest import ROOT
from ..edge.stream.test_sinks import CollectingSink
from ..edge.stream.videos import write_video

WATCHDOG_S = 0.2


@contextmanager
def service_manager(name: str) -> Iterator[socket.socket]:
    """A socket that notifications go to, by a name as in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0", 1))
        manager.settimeout(20)
        yield manager


def messages(manager: socket.socket, seconds: float = 0.0) -> list[str]:
    """What has come, or comes within some seconds."""
    found, end = [], time.monotonic() + seconds
    while True:
        manager.settimeout(max(0.0, end - time.monotonic()))
        try:
            found.append(manager.recv(4096).decode())
        except (TimeoutError, BlockingIOError):
            return found


def messages_to_the_end(manager: socket.socket) -> list[str]:
    """What comes until the service stops; read at once, as the socket's queue holds only some ten."""
    found: list[str] = []
    while found[-1:] != ["STOPPING=1"]:
        found.append(manager.recv(4096).decode())
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["{folder}/notify", "@edgebreed-test-{process}"])
def test_a_service_is_ready_alive_and_stops(name: str, colours: Path, tmp_path: Path) -> None:
    """`edgebreed stream` says so to a manager at a path or at an abstract address."""
    name = name.format(folder=tmp_path, process=os.getpid())
    source = write_video(tmp_path / "clip.avi", 25)
    options = ["--source", str(source), "--model", str(colours), "--realtime", "--headless"]
    environment = {**os.environ, "NOTIFY_SOCKET": name, "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6))}
    with service_manager(name) as manager:
        command = [sys.executable, "-m", "edgebreed", "stream", *options]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as service:
            first, *told = messages_to_the_end(manager)
        assert 0 == service.returncode
    assert first.startswith("STATUS=running: ")
    assert first.endswith("\nREADY=1")
    assert 3 <= told.count("WATCHDOG=1")
    last = [message for message in told if message != "WATCHDOG=1"]  # one may come between the two
    assert [f"STATUS=ended: end of {source}", "STOPPING=1"] == last[-2:]


class StuckSink(CollectingSink):
    """A sink whose disk hangs at the first result until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()

    def on_result(self, result: FrameResult) -> None:
        """Hangs."""
        self.reached.set()
        self.go_on.wait(20)


def test_signs_of_life_end_while_the_main_thread_is_stuck(colours: Path, tmp_path: Path) -> None:
    """Other threads do not give them in its place; they come again with it."""
    name, sink = str(tmp_path / "notify"), StuckSink()
    with service_manager(name) as manager:
        notifier = SystemdNotifier(name, WATCHDOG_S)

        def tick() -> bool:
            notifier.tick()
            return False

        source = open_source(str(write_video(tmp_path / "clip.avi", 25)), realtime=True)
        pipeline = Pipeline.open(colours, EngineOptions("cpu"))
        stream = threading.Thread(target=run_stream, args=(source, pipeline, [notifier, sink], None, tick))
        stream.start()
        assert sink.reached.wait(20)
        messages(manager)
        assert [] == messages(manager, 3 * WATCHDOG_S)
        sink.go_on.set()
        stream.join()
        assert "WATCHDOG=1" in messages(manager)


def test_a_camera_that_is_away_is_a_state_and_no_reason_to_restart(tmp_path: Path) -> None:
    """Ready is said once; a reason can neither end its line nor show a password."""
    with service_manager(str(tmp_path / "notify")) as manager:
        notifier = SystemdNotifier(str(tmp_path / "notify"))
        for state, reason in (
            (State.RUNNING, "camera 0"),
            (State.RECONNECTING, "rtsp://ann:s3cret@cam\nMAINPID=1\x1b[2J is silent"),
            (State.RUNNING, "camera 0 is back"),
        ):
            notifier.on_state(StateChange(state, reason, 0.0))
        notifier.close()
        assert [
            "STATUS=running: camera 0\nREADY=1",
            "STATUS=reconnecting: rtsp://cam MAINPID=1\\x1b[2J is silent",
            "STATUS=running: camera 0 is back",
            "STOPPING=1",
        ] == messages(manager)


def test_children_are_not_asked_to_notify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables go from the environment, and signs of life that another process owes are not given."""
    with service_manager(str(tmp_path / "notify")) as manager:
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        monkeypatch.setenv("WATCHDOG_PID", str(os.getppid()))
        notifier = SystemdNotifier.from_environment()
        assert not {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} & os.environ.keys()
        notifier.tick()
        notifier.close()
        assert ["STOPPING=1"] == messages(manager)


@pytest.mark.parametrize("name", ["", "{folder}/nobody"])
def test_it_is_silent_where_no_manager_listens(name: str, tmp_path: Path) -> None:
    """Without the variable, or once the manager is gone."""
    notifier = SystemdNotifier(name.format(folder=tmp_path), WATCHDOG_S)
    notifier.on_state(StateChange(State.RUNNING, "camera 0", 0.0))
    notifier.tick()
    notifier.close()
    assert [] == list(tmp_path.iterdir())
