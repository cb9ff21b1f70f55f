"""One connection to a broker."""

import gc
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest
import trustme

from edgebreed.live.broker import Broker
from edgebreed.live.mqtt_connection import WINDOW, MqttConnection
from edgebreed.live.queued_event import QueuedEvent

from .fake_broker import fake_broker
from .mosquitto import TOPIC, broker, free_port, wait_for

CLIENT_ID = "edgebreed-test"


@pytest.mark.broker
def test_the_broker_acknowledges_what_was_published(tmp_path: Path) -> None:
    """Event by event, and never more than a window is unacknowledged."""
    with broker(tmp_path / "broker") as mosquitto:
        connection = MqttConnection(Broker("127.0.0.1", mosquitto.port, False, TOPIC), CLIENT_ID)
        for number in range(1, WINDOW + 1):
            connection.publish(QueuedEvent(number, "{}"))
        assert (0, False) == (connection.window_left, connection.idle)
        assert dict.fromkeys(range(1, WINDOW + 1), 2) == connection.unacked
        acked: set[int] = set()
        while not connection.idle:
            connection.poll(0.1)
            acked |= set(connection.acked())
        assert set(range(1, WINDOW + 1)) == acked
        assert WINDOW == connection.window_left
        connection.close()


@pytest.mark.broker
def test_a_new_connection_ends_one_that_the_broker_believes_alive(tmp_path: Path) -> None:
    """After a power failure, the last will of the old one must not follow the new `online`."""
    with broker(tmp_path / "broker") as mosquitto:
        where = Broker("127.0.0.1", mosquitto.port, False, TOPIC)
        lost = MqttConnection(where, CLIENT_ID)
        connection = MqttConnection(where, CLIENT_ID)
        with pytest.raises(ConnectionError):
            wait_for(lambda: lost.poll(0.1))
        connection.close()


@pytest.mark.broker
def test_a_broker_that_goes_is_noticed(tmp_path: Path) -> None:
    """By an error."""
    with broker(tmp_path / "broker") as mosquitto:
        connection = MqttConnection(Broker("127.0.0.1", mosquitto.port, False, TOPIC), CLIENT_ID)
        mosquitto.kill()
        with pytest.raises(ConnectionError, match="the connection was lost"):
            wait_for(lambda: connection.poll(0.1))


@pytest.mark.broker
def test_a_broker_that_asks_for_a_password(tmp_path: Path) -> None:
    """The right one is accepted; a wrong one is refused, and not repeated in the error."""
    folder = tmp_path / "broker"
    folder.mkdir()
    command = ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), "ann", "right/word"]
    subprocess.run(command, check=True, capture_output=True)
    with broker(folder, f"password_file {folder}/passwords") as mosquitto:
        MqttConnection(
            Broker("127.0.0.1", mosquitto.port, False, TOPIC, "ann", "right/word"), CLIENT_ID
        ).close()
        with pytest.raises(ConnectionError, match=r"^the broker refuses: Not authorized$"):
            MqttConnection(Broker("127.0.0.1", mosquitto.port, False, TOPIC, "ann", "wrong"), CLIENT_ID)


@pytest.mark.broker
# paho leaves a socket whose handshake failed to the garbage collector, which warns about it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_checks_whose_certificate_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trusted authority is accepted, an unknown one is not."""
    folder = tmp_path / "broker"
    folder.mkdir()
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    settings = f"allow_anonymous true\ncertfile {folder}/certificate.pem\nkeyfile {folder}/key.pem"
    with broker(folder, settings) as mosquitto:
        with pytest.raises(OSError, match="certificate verify failed"):
            MqttConnection(Broker("localhost", mosquitto.port, True, TOPIC), CLIENT_ID)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        MqttConnection(Broker("localhost", mosquitto.port, True, TOPIC), CLIENT_ID).close()


def test_a_broker_that_is_not_there() -> None:
    """The error is the system's."""
    with pytest.raises(ConnectionRefusedError):
        MqttConnection(Broker("127.0.0.1", free_port(), False, TOPIC), CLIENT_ID)


@pytest.mark.parametrize(
    ("greeting", "message"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "the connection was lost"),
        (b"\x20\x00", "the connection was lost"),
        (b"\x20\x02\x00\x63", "the broker refuses"),
        (b"\x40\x01\x00", "the connection was lost"),
    ],
)
def test_something_else_than_a_broker(greeting: bytes, message: str) -> None:
    """Whatever it says, the error is one of the connection."""
    with fake_broker(greeting=greeting) as server, pytest.raises(ConnectionError, match=message):
        MqttConnection(server.address, CLIENT_ID)


def test_an_event_that_ends_the_connection_is_known() -> None:
    """Also if it is so large that the connection ends while it is being sent."""
    with fake_broker(lambda topic, payload: len(payload) < 100) as server:
        connection = MqttConnection(server.address, CLIENT_ID)
        publish_and_wait(connection, QueuedEvent(1, "{}"))
        with pytest.raises(ConnectionError):
            publish_and_wait(connection, QueuedEvent(2, "x" * 5_000_000))
        assert ({1: 2}, {2: 5_000_000}) == (connection.acked(), connection.unacked)


def test_a_connection_leaves_no_descriptor_open() -> None:
    """At once, as a garbage collection may come late: of one that was closed, lost, refused or impossible."""
    closed = Broker("127.0.0.1", free_port(), False, TOPIC)
    with fake_broker(lambda topic, _: False) as server, fake_broker(greeting=b"SSH") as other:
        gc.disable()
        try:
            before = len(list(Path("/proc/self/fd").iterdir()))
            for where in (server.address, other.address, closed) * 5:
                use(where)
            wait_for(lambda: len(list(Path("/proc/self/fd").iterdir())) <= before)
        finally:
            gc.enable()


def use(where: Broker) -> None:
    """Connects and publishes once, as far as that is possible."""
    with suppress(OSError), closing(MqttConnection(where, CLIENT_ID)) as connection:
        publish_and_wait(connection, QueuedEvent(1, "{}"))


def publish_and_wait(connection: MqttConnection, event: QueuedEvent) -> None:
    """Publishes an event until the broker has acknowledged it."""
    connection.publish(event)
    while not connection.idle:
        connection.poll(0.1)


def test_whatever_paho_raises_is_an_error_of_the_connection() -> None:
    """Here for a name that cannot be looked up."""
    with pytest.raises(ConnectionError, match="^Unicode(Encode)?Error: "):
        MqttConnection(Broker("a..b", 1, False, TOPIC), CLIENT_ID)
