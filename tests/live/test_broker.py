"""The URL of a broker and topic."""

import pytest

from edgebreed.errors import InputError
from edgebreed.live.broker import Broker, parse_broker


@pytest.mark.parametrize(
    ("text", "broker"),
    [
        ("mqtt://broker.local/line-1", Broker("broker.local", 1883, False, "line-1")),
        ("mqtts://broker.local/home/line-1", Broker("broker.local", 8883, True, "home/line-1")),
        ("mqtt://[::1]:9/a%20b", Broker("::1", 9, False, "a b")),
        ("mqtt://ann@h/t", Broker("h", 1883, False, "t", "ann")),
        ("mqtts://ann:p%40ss%2Fword%3A@h:1/t", Broker("h", 1, True, "t", "ann", "p@ss/word:")),
    ],
)
def test_brokers(text: str, broker: Broker) -> None:
    """Ports follow the scheme; percent codes are decoded."""
    assert broker == parse_broker(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://ann:secret@h/t", "no broker: 'http://h/t': give mqtt://"),
        ("mqtt:///t", "no broker: 'mqtt:///t'"),
        ("mqtt://ann:secret@h", "no topic to publish to in 'mqtt://h'"),
        ("mqtt://h/line-1/#", r"and no # or \+ in the topic"),
        ("mqtt://h/+/line-1", r"and no # or \+ in the topic"),
        ("mqtt://ann:sec/ret@h/t", "no broker: 'mqtt://h/t'.*write @ : / in a password as %40 %3A %2F"),
        ("mqtt://h:99999/t", "no broker"),
        ("mqtt://ann:secret@h/t\udcff", "no broker, as the URL holds characters that are no text: give mqtt"),
    ],
)
def test_an_invalid_broker_is_refused(text: str, message: str) -> None:
    """The message shows it without its credentials, and the valid form."""
    with pytest.raises(InputError, match=message) as caught:
        parse_broker(text)
    assert "sec" not in str(caught.value)
    assert "ret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_broker_prints_without_credentials() -> None:
    """Neither in `str` nor in `repr`."""
    broker = parse_broker("mqtts://ann:secret@[::1]/line-1")
    assert "mqtts://[::1]:8883/line-1" == str(broker)
    assert "secret" not in repr(broker)
    assert "line-1/status" == broker.status_topic
