"""The options of `edgebreed stream` for watching from elsewhere, and the sinks that they ask for."""

import hashlib
import logging
import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream.sinks import Sink
from edgebreed.errors import EdgebreedError, InputError, MissingExtraError
from edgebreed.live.announcement import RetainedMessage
from edgebreed.live.broker import Broker, parse_broker
from edgebreed.live.endpoint import Endpoint, parse_endpoint
from edgebreed.live.home_assistant import DiscoveryDevice, discovery_message, refuse_wrong_discovery

if TYPE_CHECKING:  # both need packages of an extra
    from edgebreed.live.mqtt import MqttSink
    from edgebreed.live.server import LivePage

MQTT_REPEAT_S = 10.0
SERVING = ("the live page (--serve)", "serve", ("starlette", "uvicorn", "prometheus_client"))
PUBLISHING = ("MQTT (--mqtt)", "mqtt", ("paho", "platformdirs"))
"""Each what a part is for, the extra that installs it, and the packages that it imports."""
_LOG = logging.getLogger(__name__)

Serve = Annotated[
    str | None,
    typer.Option("--serve", help="Where to serve a live page: HOST:PORT, or PORT on 127.0.0.1."),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="EDGEBREED_TOKEN",
        help="Secret that viewers of the page must know; generated and printed if others can connect.",
    ),
]
TlsCert = Annotated[
    Path | None,
    typer.Option(
        "--tls-cert",
        envvar="EDGEBREED_TLS_CERT",
        help="PEM file of a certificate: the page is served over HTTPS.",
    ),
]
TlsKey = Annotated[
    Path | None,
    typer.Option(
        "--tls-key",
        envvar="EDGEBREED_TLS_KEY",
        help="PEM file of the certificate's private key, without a password.",
    ),
]
Mqtt = Annotated[
    str | None,
    typer.Option(
        "--mqtt",
        envvar="EDGEBREED_MQTT",
        help="Broker and topic for events: mqtt://user:password@host:port/topic, or mqtts:// for TLS; "
        "login and port are optional.",
    ),
]
MqttEvery = Annotated[
    float,
    typer.Option("--mqtt-every", min=0.0, help="Seconds after which an unchanged result is sent again."),
]
MqttSpool = Annotated[
    Path | None,
    typer.Option(
        "--mqtt-spool",
        help="File in which events wait while the broker is unreachable; default: in the state folder.",
    ),
]


MqttDiscovery = Annotated[
    str | None,
    typer.Option(
        "--mqtt-discovery",
        envvar="EDGEBREED_MQTT_DISCOVERY",
        metavar="PREFIX",
        help="Describe the stream to Home Assistant, which then shows it as a device; PREFIX is that of its "
        "discovery topics: homeassistant, unless it was changed there.",
    ),
]


@dataclass(frozen=True)
class Discovery:
    """How to describe a stream to Home Assistant.

    Attributes:
        prefix: first part of the topics on which Home Assistant expects descriptions.
        manifest: of the stream's model.
    """

    prefix: str
    manifest: Manifest


@dataclass(frozen=True)
class MqttOptions:
    """Where events are published, and how.

    Attributes:
        url: of broker and topic.
        repeat_s: time after which an unchanged result is sent again, in s.
        spool: file in which events wait; None for the one in the state folder.
        discovery: None where the stream is not described to Home Assistant.
    """

    url: str
    repeat_s: float = MQTT_REPEAT_S
    spool: Path | None = None
    discovery: Discovery | None = None


def refuse_wrong_addresses(serve: str | None, mqtt: str | None, discovery: str | None = None) -> None:
    """Lets valid addresses through, before anything is opened for them.

    Raises:
        InputError: one is invalid.
    """
    if serve is not None:
        parse_endpoint(serve)
    broker = None if mqtt is None else parse_broker(mqtt)
    if discovery is not None:
        if broker is None:
            raise InputError("--mqtt-discovery needs a broker: give one with --mqtt")
        refuse_wrong_discovery(discovery, broker)


def live_sinks(
    serve: str | None,
    token: str | None,
    mqtt: MqttOptions | None,
    tls: ssl.SSLContext | None = None,
) -> list[Sink]:
    """The sinks that the options ask for; an empty list without any.

    Raises:
        InputError: an address, a token or a spool file is invalid; nothing is left running then.
        MissingExtraError: the packages of an extra are not installed.
    """
    endpoint = None if serve is None else parse_endpoint(serve)
    broker = None if mqtt is None else parse_broker(mqtt.url)
    page = None if endpoint is None else _live_page(endpoint, token, tls)
    try:
        events = None if broker is None or mqtt is None else _mqtt_sink(broker, mqtt, page)
    except EdgebreedError:
        if page:
            page.close()
        raise
    if page and events:
        page.metrics.add_queue(events.publisher)
    return [sink for sink in (page, events) if sink is not None]


def name_model(sinks: Iterable[Sink], pipeline: Pipeline) -> None:
    """Tells the metrics of a live page which model answers."""
    from edgebreed.live.server import LivePage

    for page in (sink for sink in sinks if isinstance(sink, LivePage)):
        page.metrics.add_model(pipeline.manifest, pipeline.engine.name)


def spool_path(broker: Broker) -> Path:
    """The default spool file of a broker's topic: in a service's state folder, or the user's."""
    from platformdirs import user_state_path

    state = os.environ.get("STATE_DIRECTORY")  # set by systemd; several are separated by colons
    folder = Path(state.split(":")[0]) if state else user_state_path("edgebreed")
    return folder / f"mqtt-{hashlib.sha256(str(broker).encode()).hexdigest()[:12]}.spool"


def _live_page(endpoint: Endpoint, token: str | None, tls: ssl.SSLContext | None) -> "LivePage":
    try:
        from edgebreed.live.server import LivePage
    except ImportError as error:
        raise MissingExtraError(*SERVING[:2]) from error
    page = LivePage(endpoint, token, tls)
    _LOG.info("live page at %s", page.url)
    return page


def _mqtt_sink(broker: Broker, options: MqttOptions, page: "LivePage | None") -> "MqttSink":
    try:
        from edgebreed.live.mqtt import MqttSink

        path = options.spool or spool_path(broker)
    except ImportError as error:
        raise MissingExtraError(*PUBLISHING[:2]) from error
    if broker.exposes_password:
        _LOG.warning("the password goes to %s unencrypted: use mqtts:// if the broker has TLS", broker)
    retained = [] if options.discovery is None else [_description(broker, options.discovery, page)]
    # A damaged file in the state folder must not keep a service from starting, whatever is left of it.
    return MqttSink(broker, path, options.repeat_s, owned=options.spool is None, retained=retained)


def _description(broker: Broker, discovery: Discovery, page: "LivePage | None") -> RetainedMessage:
    """The message for Home Assistant; it holds the page's address if others can connect, but no token."""
    refuse_wrong_discovery(discovery.prefix, broker)
    url = page.url.partition("?")[0] if page and not page.endpoint.loopback else None
    message = discovery_message(discovery.prefix, DiscoveryDevice.of(broker, discovery.manifest, url))
    _LOG.info("described to Home Assistant on %s", message.topic)
    return message
