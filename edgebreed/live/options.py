"""The options of `edgebreed stream` that let others watch, and the sinks that they ask for."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgebreed.edge.camera.events import Sink
from edgebreed.errors import EdgebreedError, MissingExtraError
from edgebreed.live.address import Address, parse_address
from edgebreed.live.broker import Broker, parse_broker
from edgebreed.live.news import EVERY_S

if TYPE_CHECKING:  # both need packages of an extra
    from edgebreed.live.mqtt import MqttEvents
    from edgebreed.live.server import LivePage

Serve = Annotated[
    str | None,
    typer.Option("--serve", help="Where to serve a live page: HOST:PORT or PORT, on 127.0.0.1 unless told."),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="EDGEBREED_TOKEN",
        help="What viewers of the page must know; made and printed if others can connect.",
    ),
]
Mqtt = Annotated[
    str | None,
    typer.Option(
        "--mqtt",
        envvar="EDGEBREED_MQTT",
        help="Broker and topic for events: mqtt://[user:password@]host[:port]/topic, or mqtts:// for TLS.",
    ),
]
MqttEvery = Annotated[
    float,
    typer.Option("--mqtt-every", min=0.0, help="Seconds after which an unchanged answer is sent again."),
]
MqttSpool = Annotated[
    Path | None,
    typer.Option(
        "--mqtt-spool", help="File in which events wait while the broker is away; one of the user's."
    ),
]


def live_sinks(
    serve: str | None,
    token: str | None,
    mqtt: str | None,
    mqtt_every: float = EVERY_S,
    mqtt_spool: Path | None = None,
) -> list[Sink]:
    """What a stream must feed so that others can watch it; empty where nobody asked.

    Raises:
        InputError: an address, a token or a spool is at fault; nothing is left running then.
        MissingExtraError: the packages of an extra are not installed.
    """
    address = None if serve is None else parse_address(serve)
    broker = None if mqtt is None else parse_broker(mqtt)
    page = None if address is None else _page(address, token)
    try:
        events = None if broker is None else _events(broker, mqtt_spool, mqtt_every)
    except EdgebreedError:
        if page:
            page.close()
        raise
    if page and events:
        page.metrics.follow(events.publisher)
    return [sink for sink in (page, events) if sink is not None]


def spool_path(broker: Broker) -> Path:
    """Where events for a broker's topic wait: a service's own state folder, or the user's."""
    from platformdirs import user_state_path

    given = os.environ.get("STATE_DIRECTORY")  # set by systemd; several are parted by colons
    folder = Path(given.split(":")[0]) if given else user_state_path("edgebreed")
    return folder / f"mqtt-{hashlib.sha256(str(broker).encode()).hexdigest()[:12]}.sqlite"


def _page(address: Address, token: str | None) -> "LivePage":
    try:
        from edgebreed.live.server import LivePage
    except ImportError as error:
        raise MissingExtraError("the live page (--serve)", "serve") from error
    return LivePage(address, token)


def _events(broker: Broker, spool: Path | None, every_s: float) -> "MqttEvents":
    try:
        from edgebreed.live.mqtt import MqttEvents

        path = spool or spool_path(broker)
    except ImportError as error:
        raise MissingExtraError("MQTT (--mqtt)", "mqtt") from error
    return MqttEvents(broker, path, every_s)
