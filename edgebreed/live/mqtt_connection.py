"""One connection to an MQTT broker, from connect to disconnect."""

import time
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edgebreed.live.broker import Broker
from edgebreed.live.outbox import QueuedEvent

QOS = 1
WINDOW = 20  # unacknowledged events: as many as paho sends before the first acknowledgement
KEEPALIVE_S = 30
_CONNECT_S = 5.0


class MqttConnection:
    """Publishes events in order with QoS 1, and reports which of them the broker has acknowledged.

    Each connection has its own paho client: on a reconnect, paho would send unacknowledged events again by
    itself, after events that are newer. It is used from one thread.

    Args:
        broker: where to connect.
        client_id: the same for all connections of a stream, so that the broker closes a previous connection
            that it still believes alive, whose last will would else follow the new `online`.

    Attributes:
        last: number of the event published last.

    Raises:
        OSError: no connection; all methods raise it once the connection is lost.
    """

    def __init__(self, broker: Broker, client_id: str) -> None:
        self._broker, self._client_id = broker, client_id
        self._accepted = False
        self._fault: str | None = None
        self._unacked: dict[int, int] = {}
        self._acked: set[int] = set()
        self.last = 0
        self._client = self._connect()
        try:
            self._wait_accepted()
        except OSError:
            self._client.disconnect()
            raise

    @property
    def window_left(self) -> int:
        """How many events may be published now."""
        return max(0, WINDOW - len(self._unacked))

    @property
    def idle(self) -> bool:
        """Whether everything that was published is acknowledged."""
        return not self._unacked

    def publish(self, event: QueuedEvent) -> None:
        """Sends an event; `acked` reports when it has arrived."""
        self._unacked[self._send(self._broker.topic, event.body)] = event.number
        self.last = event.number

    def publish_status(self, word: str) -> None:
        """Sends a retained message to the status topic."""
        self._unacked[self._send(self._broker.status_topic, word, retain=True)] = 0

    def poll(self, seconds: float) -> None:
        """Sends and receives what is pending, and waits for it at most so many s."""
        if self._client.loop(seconds) is not MQTTErrorCode.MQTT_ERR_SUCCESS or self._fault:
            raise ConnectionError(self._fault or "the connection was lost")

    def acked(self) -> set[int]:
        """Numbers of the events that the broker has acknowledged since the last call."""
        acked, self._acked = self._acked, set()
        return acked

    def close(self) -> None:
        """Disconnects properly, so that the broker does not publish the last will."""
        self._client.disconnect()

    def _connect(self) -> Client:
        broker = self._broker
        client = Client(CallbackAPIVersion.VERSION2, self._client_id, clean_session=True, protocol=MQTTv311)
        client.will_set(broker.status_topic, "offline", QOS, retain=True)
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            client.tls_set()
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_publish = self._on_publish
        client.connect(broker.host, broker.port, KEEPALIVE_S)
        return client

    def _wait_accepted(self) -> None:
        deadline = time.monotonic() + _CONNECT_S
        while not self._accepted:
            self.poll(0.1)
            if time.monotonic() > deadline:
                raise TimeoutError("the broker does not respond")

    def _send(self, topic: str, text: str, *, retain: bool = False) -> int:
        info = self._client.publish(topic, text, QOS, retain)
        if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise ConnectionError("the connection was lost")
        return info.mid

    def _on_connect(
        self, _: Client, __: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._fault = f"the broker refuses: {reason}"
        self._accepted = not reason.is_failure

    def _on_disconnect(
        self, _: Client, __: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._fault = self._fault or f"the connection was lost: {reason}"

    def _on_publish(
        self, _: Client, __: Any, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        number = self._unacked.pop(mid, 0)
        if number:
            self._acked.add(number)
