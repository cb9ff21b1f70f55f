"""Which broker, and how to reach it."""

import pytest

from edgebreed.errors import InputError
from edgebreed.live.broker import Broker, parse_broker


@pytest.mark.parametrize(
    ("text", "broker"),
    [
        ("mqtt://broker.local/dogs", Broker("broker.local", 1883, False, "dogs")),
        ("mqtts://broker.local/home/dogs", Broker("broker.local", 8883, True, "home/dogs")),
        ("mqtt://[::1]:9/a%20b", Broker("::1", 9, False, "a b")),
        ("mqtt://ann@h/t", Broker("h", 1883, False, "t", "ann")),
        ("mqtts://ann:p%40ss%2Fword%3A@h:1/t", Broker("h", 1, True, "t", "ann", "p@ss/word:")),
    ],
)
def test_brokers(text: str, broker: Broker) -> None:
    """Ports follow the scheme; percent codes are decoded."""
    assert broker == parse_broker(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://ann:secret@h/t", "no broker: 'http://h/t': give mqtt://"),
        ("mqtt:///t", "no broker: 'mqtt:///t'"),
        ("mqtt://ann:secret@h", "no topic to publish to in 'mqtt://h'"),
        ("mqtt://h/dogs/#", r"and no # or \+ in the topic"),
        ("mqtt://h/+/dogs", r"and no # or \+ in the topic"),
        ("mqtt://ann:sec/ret@h/t", "no broker: 'mqtt://h/t'.*write @ : / in a password as %40 %3A %2F"),
        ("mqtt://h:99999/t", "no broker"),
    ],
)
def test_what_is_no_broker(text: str, told: str) -> None:
    """The message shows it without its credentials, and what would be one."""
    with pytest.raises(InputError, match=told) as caught:
        parse_broker(text)
    assert "sec" not in str(caught.value)
    assert "ret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_broker_prints_without_credentials() -> None:
    """Neither as text nor as what a debugger shows."""
    broker = parse_broker("mqtts://ann:secret@[::1]/dogs")
    assert "mqtts://[::1]:8883/dogs" == str(broker)
    assert "secret" not in repr(broker)
    assert "dogs/status" == broker.status_topic
