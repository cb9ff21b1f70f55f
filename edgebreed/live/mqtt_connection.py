"""One connection to an MQTT broker, from connect to disconnect."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edgebreed.live.broker import Broker
from edgebreed.live.queued_event import QueuedEvent

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

    Raises:
        OSError: no connection; all methods raise it once the connection is lost: a `TimeoutError` where the
            broker is silent.
    """

    def __init__(self, broker: Broker, client_id: str) -> None:
        self._broker, self._client_id = broker, client_id
        self._accepted = False
        self._fault: OSError | None = None
        self._unacked: dict[int, int] = {}
        self._acked: set[int] = set()
        with _as_os_error():
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

    @property
    def unacked(self) -> set[int]:
        """Numbers of the events that were published and are not acknowledged, after an error too."""
        return {number for number in self._unacked.values() if number}

    def publish(self, event: QueuedEvent) -> None:
        """Sends an event; `acked` reports when it has arrived."""
        self._send(event.number, self._broker.topic, event.payload)

    def publish_status(self, word: str) -> None:
        """Sends a retained message to the status topic."""
        self._send(0, self._broker.status_topic, word.encode(), retain=True)

    def poll(self, seconds: float) -> None:
        """Sends and receives what is pending, and waits for it at most so many s."""
        with _as_os_error():
            done = self._client.loop(seconds)
        if done is not MQTTErrorCode.MQTT_ERR_SUCCESS or self._fault:
            raise self._fault or ConnectionError("the connection was lost")

    def acked(self) -> set[int]:
        """Numbers of the events that the broker has acknowledged since the last call."""
        acked, self._acked = self._acked, set()
        return acked

    def close(self) -> None:
        """Disconnects properly, so that the broker does not publish the last will."""
        with _as_os_error():
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

    def _send(self, number: int, topic: str, payload: bytes, *, retain: bool = False) -> None:
        with _as_os_error():
            info = self._client.publish(topic, payload, QOS, retain)
        self._unacked[info.mid] = number  # also if the broker has ended the connection in the middle of it
        if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise self._fault or ConnectionError("the connection was lost")

    def _on_connect(
        self, _: Client, __: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._fault = ConnectionError(f"the broker refuses: {reason}")
        self._accepted = not reason.is_failure

    def _on_disconnect(
        self, _: Client, __: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        kind = TimeoutError if reason.getName() == "Keep alive timeout" else ConnectionError
        self._fault = self._fault or kind(f"the connection was lost: {reason}")

    def _on_publish(
        self, _: Client, __: Any, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        number = self._unacked.pop(mid, 0)
        if number:
            self._acked.add(number)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Turns whatever paho raises into an `OSError`, so that nothing ends the thread that publishes."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error
