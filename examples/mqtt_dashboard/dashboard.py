"""Shows the newest answer of every camera on one page, fed by MQTT.

    pip install "paho-mqtt>=2.1" starlette uvicorn
    edgebreed stream --source 0 --headless --mqtt mqtt://localhost/home/door       # on each camera's machine
    python examples/mqtt_dashboard/dashboard.py --broker localhost --topic 'home/#'

Then open http://127.0.0.1:8090. A login is given as `--user`, with the password in the variable
`MQTT_PASSWORD`. The page itself has none: it listens on 127.0.0.1, and for other machines belongs behind a
reverse proxy. edgebreed itself need not be on this machine.
"""

import argparse
import hashlib
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import uvicorn
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

PAGE = (Path(__file__).parent / "dashboard.html").read_text()
MAX_CAMERAS = 100  # whoever may publish must not fill the memory
MAX_BYTES = 16_384  # of a message with its topic; one of edgebreed has about 1,000
MAX_LEFT_OUT = 1000  # topics that are counted once all places are taken
SHOWN = ("kind", "label", "summary", "probability", "number", "frame_latency_ms", "state", "reason")
"""What is kept of an event: what the page shows."""
STATUS = "/status"
"""End of the topic where edgebreed retains `online` or `offline`; events go to the topic before it."""


class Cameras:
    """The newest result, state and status of each camera, by the topic of its events."""

    def __init__(self) -> None:
        self._cameras: dict[str, dict[str, Any]] = {}
        self._left_out: set[str] = set()
        self._lock = threading.Lock()  # messages come in paho's thread, and the page asks in another

    def receive(self, topic: str, payload: bytes | bytearray) -> None:
        """Takes a message: an event of edgebreed, or a status; any other or larger one is passed over."""
        if len(topic.encode()) + len(payload) > MAX_BYTES:
            return
        news = _news(topic, payload)
        name = topic.removesuffix(STATUS)
        with self._lock:
            if news and (name in self._cameras or len(self._cameras) < MAX_CAMERAS):
                self._cameras.setdefault(name, {}).update(news)
            elif news and len(self._left_out) < MAX_LEFT_OUT:
                self._left_out.add(hashlib.sha256(name.encode()).hexdigest())  # a name may be long

    def rows(self) -> list[dict[str, Any]]:
        """One a camera, by topic; `age_s` is the time since the newest result came."""
        now = time.monotonic()
        with self._lock:
            cameras = sorted(self._cameras.items())
            return [{"topic": topic, **camera, "age_s": _age(camera, now)} for topic, camera in cameras]

    @property
    def left_out(self) -> int:
        """How many more topics have events, but no place; `MAX_LEFT_OUT` stands for any larger number."""
        with self._lock:
            return len(self._left_out)


def _news(topic: str, payload: bytes | bytearray) -> dict[str, Any]:
    """What a message changes of its camera; empty where it is none of edgebreed's."""
    if topic.endswith(STATUS):
        return {"status": payload.decode(errors="replace")}
    try:
        event = json.loads(payload, parse_constant=str)  # NaN, which the page could not be sent
        kind = event["event"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    kept = {key: event[key] for key in SHOWN if isinstance(event.get(key), str | int | float)}
    if kind not in ("result", "state") or not _serialises(kept):
        return {}
    return {"result": kept, "received_s": time.monotonic()} if kind == "result" else {"state": kept}


def _serialises(kept: dict[str, Any]) -> bool:
    """Whether the page can be sent it: JSON has no infinity, and UTF-8 no half of a pair of surrogates."""
    try:
        json.dumps(kept, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _age(camera: dict[str, Any], now: float) -> float | None:
    return round(now - camera["received_s"], 1) if "received_s" in camera else None


def create_app(cameras: Cameras) -> Starlette:
    """The page, and `/cameras` as JSON, for which the page asks every second."""

    async def page(_: Request) -> Response:
        return HTMLResponse(PAGE)

    async def answer(_: Request) -> Response:
        return JSONResponse({"cameras": cameras.rows(), "left_out": cameras.left_out})

    return Starlette(routes=[Route("/", page), Route("/cameras", answer)])


def connect(cameras: Cameras, asked: argparse.Namespace) -> Client:
    """A client that is connected to the broker, and connects again whenever it was lost."""
    client = Client(CallbackAPIVersion.VERSION2)
    if asked.user:
        client.username_pw_set(asked.user, os.environ.get("MQTT_PASSWORD"))
    if asked.tls:
        client.tls_set()

    def receive(_: Client, __: Any, message: MQTTMessage) -> None:
        cameras.receive(message.topic, message.payload)

    client.on_connect = lambda client, *_: client.subscribe(asked.topic, qos=1)
    client.on_message = receive
    client.connect(asked.broker, asked.broker_port or (8883 if asked.tls else 1883))
    client.loop_start()
    return client


def main() -> None:
    """Serves the page until it is stopped."""
    parser = argparse.ArgumentParser(description="Show the newest answer of every camera on a page.")
    parser.add_argument("--broker", default="localhost", help="host name of the MQTT broker")
    parser.add_argument("--broker-port", type=int, help="default: 1883, with --tls 8883")
    parser.add_argument("--topic", default="#", help="which topics to follow, such as 'home/#'")
    parser.add_argument("--user", help="name for the broker; the password is read from MQTT_PASSWORD")
    parser.add_argument("--tls", action="store_true", help="encrypt, and check the broker's certificate")
    parser.add_argument(
        "--port", type=int, default=8090, help="of the page, on 127.0.0.1; 0 takes a free one"
    )
    asked, cameras = parser.parse_args(), Cameras()
    try:
        connect(cameras, asked)
    except OSError as error:
        parser.exit(2, f"{parser.prog}: no MQTT broker at {asked.broker}: {error}\n")
    uvicorn.run(create_app(cameras), host="127.0.0.1", port=asked.port)


if __name__ == "__main__":
    main()
