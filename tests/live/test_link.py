"""One connection to a broker."""

import subprocess
from pathlib import Path

import pytest
import trustme

from edgebreed.live.broker import Broker
from edgebreed.live.link import WINDOW, Link
from edgebreed.live.outbox import Event
from edgebreed.live.publisher import client_identifier

from .mosquitto import TOPIC, broker, free_port, wait_for

CLIENT = "edgebreed-test"


@pytest.mark.broker
def test_the_broker_acknowledges_what_was_published(tmp_path: Path) -> None:
    """Event by event, and never more than a window is on its way."""
    with broker(tmp_path / "broker") as mosquitto:
        link = Link(Broker("127.0.0.1", mosquitto.port, False, TOPIC), CLIENT)
        for number in range(1, WINDOW + 1):
            link.publish(Event(number, "{}"))
        assert (0, WINDOW, False) == (link.room, link.last, link.idle)
        taken: set[int] = set()
        while not link.idle:
            link.turn(0.1)
            taken |= link.taken()
        assert set(range(1, WINDOW + 1)) == taken
        assert WINDOW == link.room
        link.close()


@pytest.mark.broker
def test_a_connection_that_the_broker_takes_for_alive_is_ended_by_the_next(tmp_path: Path) -> None:
    """A machine that lost power says no goodbye: its last will must not come after the new `online`."""
    with broker(tmp_path / "broker") as mosquitto:
        where = Broker("127.0.0.1", mosquitto.port, False, TOPIC)
        lost = Link(where, CLIENT)
        link = Link(where, CLIENT)
        with pytest.raises(ConnectionError):
            wait_for(lambda: lost.turn(0.1))
        link.close()


def test_a_stream_has_one_name_for_brokers(tmp_path: Path) -> None:
    """Of a length that each takes; another spool is another stream."""
    one, other = (client_identifier(tmp_path / name) for name in ("one.db", "other.db"))
    assert (one, 22) == (client_identifier(tmp_path / "one.db"), len(one))
    assert one != other


@pytest.mark.broker
def test_a_broker_that_goes_is_noticed(tmp_path: Path) -> None:
    """By an error that says so."""
    with broker(tmp_path / "broker") as mosquitto:
        link = Link(Broker("127.0.0.1", mosquitto.port, False, TOPIC), CLIENT)
        mosquitto.kill()
        with pytest.raises(ConnectionError, match="the connection was lost"):
            wait_for(lambda: link.turn(0.1))


@pytest.mark.broker
def test_a_broker_that_asks_for_a_password(tmp_path: Path) -> None:
    """The right one opens it; the wrong one is refused, and not repeated."""
    folder = tmp_path / "broker"
    folder.mkdir()
    words = ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), "ann", "right/word"]
    subprocess.run(words, check=True, capture_output=True)
    with broker(folder, f"password_file {folder}/passwords") as mosquitto:
        Link(Broker("127.0.0.1", mosquitto.port, False, TOPIC, "ann", "right/word"), CLIENT).close()
        with pytest.raises(ConnectionError, match=r"^the broker refuses: Not authorized$"):
            Link(Broker("127.0.0.1", mosquitto.port, False, TOPIC, "ann", "wrong"), CLIENT)


@pytest.mark.broker
# paho leaves a socket whose handshake failed to the garbage collector, which closes it with this warning.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_checks_whose_certificate_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that is trusted opens the connection; an unknown one does not."""
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
            Link(Broker("localhost", mosquitto.port, True, TOPIC), CLIENT)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        Link(Broker("localhost", mosquitto.port, True, TOPIC), CLIENT).close()


def test_a_broker_that_is_not_there() -> None:
    """The system's word for it."""
    with pytest.raises(ConnectionRefusedError):
        Link(Broker("127.0.0.1", free_port(), False, TOPIC), CLIENT)
