"""One connection to a broker, from its start to its end."""

import time
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Event

QOS = 1
WINDOW = 20  # events on their way at once: as many as paho sends before the first is acknowledged
KEEPALIVE_S = 30
_ACCEPT_S = 5.0


class Link:
    """Publishes events in order, and knows which of them the broker has.

    Each connection has a client of its own: paho would send what was on its way once more by itself when it
    connects again, behind events that are newer. It is driven from one thread.

    Args:
        broker: where to.
        client: its identifier, the same for all connections of a stream: a broker then ends an earlier one
            that it has not noticed to be dead, whose last will would else come after the new `online`.

    Raises:
        OSError: there is no connection; so do all methods once it is lost.
    """

    def __init__(self, broker: Broker, client: str) -> None:
        self._broker, self._identifier = broker, client
        self._accepted = False
        self._over: str | None = None
        self._on_the_way: dict[int, int] = {}
        self._taken: set[int] = set()
        self.last = 0
        self._client = self._connect()
        try:
            self._await_acceptance()
        except OSError:
            self._client.disconnect()
            raise

    @property
    def room(self) -> int:
        """How many events may be published now."""
        return max(0, WINDOW - len(self._on_the_way))

    def publish(self, event: Event) -> None:
        """Sends an event; whether it arrived is told by `taken`."""
        self._on_the_way[self._send(self._broker.topic, event.body)] = event.number
        self.last = event.number

    def status(self, word: str) -> None:
        """Leaves a word at the status topic."""
        self._on_the_way[self._send(self._broker.status_topic, word, retain=True)] = 0

    def turn(self, seconds: float) -> None:
        """Reads and writes what there is, and waits for it at most so long."""
        if self._client.loop(seconds) is not MQTTErrorCode.MQTT_ERR_SUCCESS or self._over:
            raise ConnectionError(self._over or "the connection was lost")

    def taken(self) -> set[int]:
        """Numbers of the events that the broker has taken since the last call."""
        taken, self._taken = self._taken, set()
        return taken

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._on_the_way

    def close(self) -> None:
        """Says goodbye, so that the broker does not publish the last will."""
        self._client.disconnect()

    def _connect(self) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._identifier,
            clean_session=True,
            protocol=MQTTv311,
        )
        client.will_set(broker.status_topic, "offline", QOS, retain=True)
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            client.tls_set()
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_publish = self._published
        client.connect(broker.host, broker.port, KEEPALIVE_S)
        return client

    def _await_acceptance(self) -> None:
        end = time.monotonic() + _ACCEPT_S
        while not self._accepted:
            self.turn(0.1)
            if time.monotonic() > end:
                raise TimeoutError("the broker does not answer")

    def _send(self, topic: str, text: str, *, retain: bool = False) -> int:
        info = self._client.publish(topic, text, QOS, retain)
        if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise ConnectionError("the connection was lost")
        return info.mid

    def _connected(
        self, _: Client, __: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._over = f"the broker refuses: {reason}"
        self._accepted = not reason.is_failure

    def _disconnected(
        self, _: Client, __: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._over = self._over or f"the connection was lost: {reason}"

    def _published(
        self, _: Client, __: Any, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        number = self._on_the_way.pop(mid, 0)
        if number:
            self._taken.add(number)
