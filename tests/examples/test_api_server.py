"""Photos over HTTP, by the program as a user starts it."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from edgebreed.edge.formats import write_model
from edgebreed.edge.images import Frame

from ..conftest import BLUE, GREEN, RED, ROOT, colour_manifest, colour_model, golden, plain
from ..live.mosquitto import wait_for

PROGRAM = (sys.executable, str(ROOT / "examples" / "api_server.py"))


def started(model: Path) -> subprocess.Popen[str]:
    """The program, on a free port."""
    command = (*PROGRAM, "--model", str(model), "--port", "0")
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def address_of(server: subprocess.Popen[str]) -> str:
    """Where it listens, as soon as it does."""
    assert server.stderr is not None
    return next(found[0] for line in server.stderr if (found := re.search(r"http://[\d.:]+", line)))


def connected(url: str, sends: bytes = b"") -> socket.socket:
    """A connection to a server, on which so much was sent."""
    host, port = url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=20)
    client.sendall(sends)
    return client


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that tells red, green and blue."""
    path = tmp_path_factory.mktemp("server") / "colours.onnx"
    write_model(path, colour_model(), colour_manifest())
    return path


@pytest.fixture(scope="module")
def url(model: Path) -> Iterator[str]:
    """The address of a running server."""
    with started(model) as server:
        yield address_of(server)
        server.terminate()


def png(frame: Frame) -> bytes:
    """A frame `(H, W, 3) uint8 BGR` as a PNG file."""
    return cv2.imencode(".png", frame)[1].tobytes()


def ask(url: str, photo: bytes) -> tuple[int, Any]:
    """The status and the JSON that a photo gets."""
    try:
        with urlopen(f"{url}/predict", photo) as reply:
            return reply.status, json.load(reply)
    except HTTPError as error:
        return error.code, json.load(error)


def test_a_photo_is_answered(url: str) -> None:
    """With the keys of `predict --json`."""
    code, answer = ask(url, png(plain(RED)))
    assert (200, "known", "Red") == (code, answer["kind"], answer["label"])
    assert "colour: Red" in answer["summary"]


def test_the_health_names_model_and_engine(url: str) -> None:
    """So that a monitor sees which one runs."""
    with urlopen(f"{url}/healthz") as reply:
        assert {"model": "colours", "engine": "onnxruntime/CPUExecutionProvider"} == json.load(reply)


def test_requests_at_once_get_their_own_answers(url: str) -> None:
    """Threads share one pipeline, and no answer goes to another request."""
    photos = {"Red": png(plain(RED)), "Green": png(plain(GREEN)), "Blue": png(plain(BLUE))}
    asked = [name for _ in range(20) for name in photos]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda name: ask(url, photos[name])[1]["label"], asked)
    assert asked == list(answers)


@pytest.mark.parametrize(
    ("photo", "code", "detail"),
    [
        (b"no picture", 422, "does not decode as an image: give a JPEG"),
        (
            png(np.zeros((5000, 6000, 3), np.uint8)),
            422,
            "(30.0 Mpx to decode), at most 24 Mpx are read of PNG: send a smaller one",
        ),
        (bytes(10_000_001), 413, "a photo may have 10 MB: send a smaller one"),
    ],
    ids=["no picture", "too many pixels", "too many bytes"],
)
def test_a_bad_photo_is_the_clients_fault(url: str, photo: bytes, code: int, detail: str) -> None:
    """The status says so, and the message is edgebreed's own."""
    status, answer = ask(url, photo)
    assert code == status
    assert detail in answer["detail"]


HALF = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nhalf"


def test_connections_that_send_nothing_shut_nobody_out(url: str) -> None:
    """However many a single client holds."""
    with ExitStack() as held:
        for _ in range(300):
            held.enter_context(connected(url))
        assert 200 == ask(url, png(plain(RED)))[0]


def test_more_photos_than_fit_in_memory_are_refused(url: str) -> None:
    """Until one of those that are coming has ended."""
    with ExitStack() as held:
        for _ in range(40):
            held.enter_context(connected(url, HALF))
        wait_for(lambda: ask(url, png(plain(RED)))[0] == 503)
        assert "send it again later" in ask(url, png(plain(RED)))[1]["detail"]
    wait_for(lambda: ask(url, png(plain(RED)))[0] == 200)


@pytest.mark.long
def test_uploads_that_break_off_or_stall_do_not_trouble_the_server(model: Path) -> None:
    """The first is no error in its log, and the second does not keep it from ending."""
    with started(model) as server:
        url = address_of(server)
        connected(url, HALF).close()
        with connected(url, HALF):
            assert 200 == ask(url, png(plain(RED)))[0]
            server.terminate()
            said = server.communicate(timeout=20)[1]
    assert "Finished server process" in said
    assert "ClientDisconnect" not in said


def test_a_model_that_answers_wrongly_is_not_served(tmp_path: Path) -> None:
    """Its golden vectors are replayed before the first request."""
    wrong = colour_manifest(golden=(golden(plain(RED), "red.png", (0.0, 1.0, 0.0)),))
    write_model(tmp_path / "wrong.onnx", colour_model(), wrong)
    command = (*PROGRAM, "--model", str(tmp_path / "wrong.onnx"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert "api_server.py: colours answers wrongly here: see `edgebreed verify`\n" == done.stderr
