"""The URL of a broker and topic."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("mqtt://ann:p@ss/wo#rd?: %x@h:1/t", Broker("h", 1, False, "t", "ann", "p@ss/wo#rd?: %x")),
        ("mqtt://ann:2024/x@127.0.0.1:9/ok/t", Broker("127.0.0.1", 9, False, "ok/t", "ann", "2024/x")),
        ("mqtt://a.b:1234/x@h/t", Broker("h", 1883, False, "t", "a.b", "1234/x")),
        ("mqtt://ann:12/34@broker.local/t", Broker("broker.local", 1883, False, "t", "ann", "12/34")),
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
        ("mqtt://h:0/t", "no broker"),
        ("mqtt://a..b/t", "no broker"),
        ("mqtt://h/a%00b", "no topic to publish to"),
        (f"mqtt://h/{'t' * 65530}", "no topic to publish to"),
        ("mqtt://:secret@h/t", "no login for a broker: 'mqtt://h/t'"),
        (f"mqtt://{'u' * 65536}:secret@h/t", "no login for a broker"),
        ("mqtt://ann:secret@h", "no topic to publish to in 'mqtt://h'"),
        ("mqtt://h/line-1/#", r"and no # or \+ in the topic"),
        ("mqtt://h/+/line-1", r"and no # or \+ in the topic"),
        ("mqtt://10.0.0.5:1883/secret@h/t", "'mqtt://10.0.0.5:1883/.../t': .*an at sign in a topic"),
        ("mqtt://h/secret@x/t", "'mqtt://.../t': .*an at sign in a topic or login as %40"),
        ("mqtt://ann:sec@ret@/t", "write an at sign in a topic or login as %40"),
        ("mqtt://ann:secret@h /t", "no broker"),
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
    assert "mqtt://h:1883/ann%40x" == str(parse_broker("mqtt://h/ann%40x"))
    assert "line-1/status" == broker.status_topic


@pytest.mark.parametrize(
    ("text", "exposed"),
    [
        ("mqtt://ann:secret@broker.local/t", True),
        ("mqtt://ann:secret@192.168.0.9/t", True),
        ("mqtts://ann:secret@broker.local/t", False),
        ("mqtt://ann@broker.local/t", False),
        ("mqtt://ann:secret@localhost/t", False),
        ("mqtt://ann:secret@127.3.0.1/t", False),
        ("mqtt://ann:secret@[::1]/t", False),
    ],
)
def test_where_a_password_is_exposed(text: str, exposed: bool) -> None:
    """On its way to another machine, without TLS."""
    assert exposed == parse_broker(text).exposes_password


words = st.text(min_size=1).filter(lambda text: "\0" not in text)


@given(
    tls=st.booleans(),
    host=st.sampled_from(["h", "broker.local"]) | st.ip_addresses().map(str),
    port=st.none() | st.integers(1, 65535),
    login=st.none() | st.tuples(words, words),
    topic=st.text("abc/ \u00e4%:@", min_size=1),
)
def test_what_is_put_into_a_url_is_parsed(
    tls: bool, host: str, port: int | None, login: tuple[str, str] | None, topic: str
) -> None:
    """With everything percent-coded that has another meaning in a URL."""
    where = f"[{host}]" if ":" in host else host
    where += f":{port}" if port else ""
    if login:
        where = f"{quote(login[0], safe='')}:{quote(login[1], safe='')}@{where}"
    broker = parse_broker(f"{'mqtts' if tls else 'mqtt'}://{where}/{quote(topic)}")
    assert (host, tls, topic) == (broker.host, broker.tls, broker.topic)
    assert (port or (8883 if tls else 1883)) == broker.port
    assert (login or (None, None)) == (broker.user, broker.password)


@given(
    user=st.from_regex(r"[a-z][a-z.]{0,5}[a-z]", fullmatch=True).filter(lambda user: ".." not in user),
    password=st.text(st.sampled_from("aZ9.:/?#@&= ~\u00e4"), min_size=1),
    host=st.sampled_from(["h", "broker.local", "127.0.0.1:9421", "[::1]"]),
)
def test_a_login_is_taken_as_it_is_typed(user: str, password: str, host: str) -> None:
    """And never shown."""
    broker = parse_broker(f"mqtt://{user}:{password}@{host}/ok/t")
    assert (user, password, "ok/t") == (broker.user, broker.password, broker.topic)
    port = "" if "9421" in host else ":1883"
    assert f"mqtt://{host}{port}/ok/t" == str(broker)


@given(st.text() | st.text().map("mqtt://{}".format) | st.text().map("mqtts://ann:pw@h/{}".format))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """In one line that can be printed."""
    try:
        broker = parse_broker(text)
    except InputError as error:
        message = str(error)
    else:
        message = f"{broker.host} {broker.port} {broker.topic!r}"
    assert message.isprintable()
