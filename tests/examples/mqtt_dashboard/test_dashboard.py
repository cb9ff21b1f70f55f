"""What cameras publish, on one page."""

import json
import re
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from edgebreed.edge.stream.events import State
from edgebreed.live.broker import Broker
from edgebreed.live.mqtt import MqttSink
from edgebreed.live.server import ServerThread

from ...conftest import ROOT
from ...live.browser import Browser
from ...live.feed import change, frame_result
from ...live.mosquitto import broker, free_port, wait_for

PROGRAM = ROOT / "examples" / "mqtt_dashboard" / "dashboard.py"


@pytest.fixture
def cameras() -> Any:
    """The program's own store of answers."""
    return runpy.run_path(str(PROGRAM))["Cameras"]()


def test_what_is_no_event_is_passed_over(cameras: Any) -> None:
    """Other programs may publish under the same topics."""
    for payload in (b"", b"21.5", b"[1]", b'"event"', b'{"event": 5}', b'{"name": "lamp"}', b"\xff" * 9):
        cameras.receive("home/lamp", payload)
    assert [] == cameras.rows()


@pytest.mark.parametrize("value", [b"1e999", b'"\\ud800"', b"[" * 900 + b"]" * 900])
def test_what_the_page_cannot_be_sent_is_left_out(cameras: Any, value: bytes) -> None:
    """A number too large, half a character, and lists without end; the other cameras are still answered."""
    for event, key in ((b"state", b"n"), (b"state", b"reason"), (b"result", b"summary")):
        message = b'{"event": "%b", "state": "running", "number": 5, "%b": %b}'
        cameras.receive(f"home/{key.decode()}", message % (event, key, value))
    cameras.receive("home/b", json.dumps(frame_result(1).to_dict()).encode())
    sent = json.loads(json.dumps(cameras.rows(), allow_nan=False, ensure_ascii=False).encode())
    assert ("home/b", 1) == (sent[0]["topic"], sent[0]["result"]["number"])


def test_the_newest_result_counts(cameras: Any) -> None:
    """Beside the state and the status of its camera; the topics are in order."""
    for topic, number in (("home/b", 1), ("home/a", 1), ("home/a", 2)):
        cameras.receive(topic, json.dumps(frame_result(number).to_dict()).encode())
    cameras.receive("home/a", json.dumps(change(State.RECONNECTING, "no frame").to_dict()).encode())
    cameras.receive("home/a/status", b"offline")
    first, second = cameras.rows()
    assert ("home/a", 2, "offline") == (first["topic"], first["result"]["number"], first["status"])
    assert ("reconnecting", "no frame") == (first["state"]["state"], first["state"]["reason"])
    assert ("home/b", 1) == (second["topic"], second["result"]["number"])


def test_the_number_of_cameras_is_bounded(cameras: Any) -> None:
    """And a number that JSON does not know is no number."""
    for number in range(1000):
        cameras.receive(f"home/{number}", b'{"event": "result", "probability": NaN}')
    assert (100, 900) == (len(cameras.rows()), cameras.left_out)
    assert "NaN" == cameras.rows()[0]["result"]["probability"]


def test_a_message_is_bounded(cameras: Any) -> None:
    """With its topic; edgebreed's own have about 1,000 bytes."""
    for topic, text in (("home/a", "x" * 20_000), ("y" * 20_000, ""), ("home/b", "x" * 1000)):
        cameras.receive(topic, json.dumps({"event": "result", "summary": text}).encode())
        cameras.receive(f"{topic}/status", text.encode())
    assert ["home/b"] == [row["topic"] for row in cameras.rows()]


def test_a_broker_that_is_not_there_is_one_line() -> None:
    """With what was asked for."""
    command = (sys.executable, str(PROGRAM), "--broker-port", str(free_port()))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert re.fullmatch(r"dashboard\.py: no MQTT broker at localhost: .*refused\n", done.stderr)


@contextmanager
def dashboard(broker_port: int) -> Iterator[str]:
    """The address of a running dashboard."""
    command = (
        sys.executable,
        str(PROGRAM),
        "--broker-port",
        str(broker_port),
        "--topic",
        "home/#",
        "--port",
        "0",
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=pipe, text=True) as program:
        assert program.stderr is not None
        yield next(found[0] for line in program.stderr if (found := re.search(r"http://[\d.:]+", line)))
        program.terminate()


def rows(url: str) -> dict[str, Any]:
    """What the page is told, by topic."""
    with urlopen(f"{url}/cameras") as reply:
        return {row["topic"]: row for row in json.load(reply)["cameras"]}


@pytest.mark.broker
def test_a_stream_appears_and_goes_offline(tmp_path: Path) -> None:
    """As edgebreed itself publishes it, through a real broker."""
    with broker(tmp_path / "broker") as mosquitto, dashboard(mosquitto.port) as url:
        sink = MqttSink(Broker("localhost", mosquitto.port, False, "home/door"), tmp_path / "spool", 60)
        sink.on_state(change(State.RUNNING, "opened"))
        sink.on_result(frame_result(7))
        wait_for(lambda: "result" in rows(url).get("home/door", {}))
        row = rows(url)["home/door"]
        assert ("online", "running", 7) == (row["status"], row["state"]["state"], row["result"]["number"])
        assert ("square", 0.9) == (row["result"]["label"], row["result"]["probability"])
        sink.close()
        wait_for(lambda: rows(url)["home/door"]["status"] == "offline")


@pytest.mark.broker
@pytest.mark.browser
def test_the_page_shows_the_answer(tmp_path: Path) -> None:
    """As text, whatever characters a label has."""
    with broker(tmp_path / "broker") as mosquitto, dashboard(mosquitto.port) as url, Browser() as page:
        sink = MqttSink(Broker("localhost", mosquitto.port, False, "home/<b>door"), tmp_path / "spool", 60)
        sink.on_result(frame_result(7))
        page.open(url, 390, 800)
        assert "shape: square (90%)" == page.wait("document.querySelector('h2')?.textContent")
        assert "home/<b>door" == page.value("document.querySelector('.topic').textContent")
        assert "1 of 1 online" == page.value("document.getElementById('count').textContent")
        assert page.value("document.documentElement.scrollWidth <= innerWidth")
        sink.close()


@pytest.mark.browser
def test_the_page_counts_the_topics_without_a_place(cameras: Any) -> None:
    """A camera that is not shown is not thought to be missing."""
    for number in range(103):
        cameras.receive(f"home/{number}/status", b"online")
    app = runpy.run_path(str(PROGRAM))["create_app"](cameras)
    listening = socket.create_server(("127.0.0.1", 0))
    with closing(ServerThread(app, listening)), Browser() as page:
        page.open(f"http://127.0.0.1:{listening.getsockname()[1]}", 390, 800)
        said = page.wait("document.getElementById('count').textContent.match(/.*online.*/)?.[0]")
        assert "100 of 100 online, 3 topics left out" == said
