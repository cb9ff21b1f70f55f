"""One connection to an MQTT broker, from connect to disconnect."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edgebreed.live.announcement import RetainedMessage
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
        self._unacked: dict[int, QueuedEvent | None] = {}
        self._acked: dict[int, int] = {}
        self._client = self._new_client()
        try:
            self._connect()
            self._wait_accepted()
        except OSError:
            self.close()
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
    def unacked(self) -> dict[int, int]:
        """Number and size in bytes of events that were published and not acknowledged, after an error too."""
        return {event.number: event.size for event in self._unacked.values() if event}

    def publish(self, event: QueuedEvent) -> None:
        """Sends an event; `acked` reports when it has arrived."""
        self._send(event, self._broker.topic, event.payload)

    def publish_status(self, word: str) -> None:
        """Sends a retained message to the status topic."""
        self.publish_retained(RetainedMessage(self._broker.status_topic, word.encode()))

    def publish_retained(self, message: RetainedMessage) -> None:
        """Sends a message that the broker keeps for later subscribers."""
        self._send(None, message.topic, message.payload, retain=True)

    def poll(self, seconds: float) -> None:
        """Sends and receives what is pending, and waits for it at most so many s."""
        with _as_os_error():
            done = self._client.loop(seconds)
        if done is not MQTTErrorCode.MQTT_ERR_SUCCESS or self._fault:
            raise self._fault or ConnectionError("the connection was lost")

    def acked(self) -> dict[int, int]:
        """Number and size in bytes of the events that the broker has acknowledged since the last call."""
        acked, self._acked = self._acked, {}
        return acked

    def close(self) -> None:
        """Disconnects properly, so that the broker does not publish the last will."""
        try:
            with _as_os_error():
                self._client.disconnect()
        finally:
            self._set_callbacks(None, None, None)  # so that nothing refers to the client, which then
            del self._client  # closes all its descriptors at once

    def _new_client(self) -> Client:
        broker = self._broker
        client = Client(CallbackAPIVersion.VERSION2, self._client_id, clean_session=True, protocol=MQTTv311)
        client.will_set(broker.status_topic, "offline", QOS, retain=True)
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        return client

    def _connect(self) -> None:
        self._set_callbacks(self._on_connect, self._on_disconnect, self._on_publish)
        with _as_os_error():
            if self._broker.tls:
                self._client.tls_set()
            self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)

    def _set_callbacks(self, on_connect: Any, on_disconnect: Any, on_publish: Any) -> None:
        client = self._client
        client.on_connect, client.on_disconnect, client.on_publish = on_connect, on_disconnect, on_publish

    def _wait_accepted(self) -> None:
        deadline = time.monotonic() + _CONNECT_S
        while not self._accepted:
            self.poll(0.1)
            if time.monotonic() > deadline:
                raise TimeoutError("the broker does not respond")

    def _send(self, event: QueuedEvent | None, topic: str, payload: bytes, *, retain: bool = False) -> None:
        with _as_os_error():
            info = self._client.publish(topic, payload, QOS, retain)
        self._unacked[info.mid] = event  # also if the broker has ended the connection in the middle of it
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
        event = self._unacked.pop(mid, None)
        if event:
            self._acked[event.number] = event.size


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Turns whatever paho raises into an `OSError`, so that nothing ends the thread that publishes."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error
