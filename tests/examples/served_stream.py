"""A stream in a process of its own, with its page."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import cv2

from ..conftest import BLUE, GREEN, RED, plain
from ..live.mosquitto import free_port, wait_for

TOKEN = "a-token-of-these-tests"


@dataclass(frozen=True)
class ServedStream:
    """A running stream.

    Attributes:
        port: of its page, on the loopback.
        process: it.
    """

    port: int
    process: subprocess.Popen[bytes]

    def read(self, path: str) -> str:
        """What the page answers to a client with the token; an error where it answers with an error."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=headers), timeout=10) as reply:
            return str(reply.read().decode())

    def answers(self) -> bool:
        """Whether a frame was classified."""
        try:
            return 'edgebreed_frames_total{outcome="processed"} 0.0' not in self.read("/metrics")
        except URLError:
            return False


def draw_photos(folder: Path, count: int) -> Path:
    """A new folder of small pictures in three colours."""
    folder.mkdir()
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), plain((RED, GREEN, BLUE)[number % 3]))
    return folder


@contextmanager
def served_stream(folder: Path) -> Iterator[ServedStream]:
    """A stream of drawn pictures, five a second for a minute, by the model that ships; its broker is away."""
    photos = draw_photos(folder / "photos", 300)
    port, broker = free_port(), f"mqtt://127.0.0.1:{free_port()}/home"
    command = [
        sys.executable,
        "-m",
        "edgebreed",
        "stream",
        "--headless",
        "--source",
        str(photos),
        "--fps",
        "5",
    ]
    command += ["--serve", str(port), "--mqtt", broker, "--mqtt-spool", str(folder / "spool")]
    with subprocess.Popen(command, env={**os.environ, "EDGEBREED_TOKEN": TOKEN}) as process:
        try:
            stream = ServedStream(port, process)
            wait_for(stream.answers)
            yield stream
        finally:
            process.kill()
