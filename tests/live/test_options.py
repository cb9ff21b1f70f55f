"""From options to sinks."""

from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.live.broker import parse_broker
from edgebreed.live.mqtt import MqttEvents
from edgebreed.live.options import live_sinks, spool_path
from edgebreed.live.server import LivePage

from ..conftest import fresh_python
from .mosquitto import free_port
from .web import ask


def test_nobody_asked() -> None:
    """There is nothing to feed, and no package of an extra is needed."""
    assert [] == live_sinks(None, None, None)


def test_a_page_and_events(tmp_path: Path) -> None:
    """Both, and the page's metrics tell of events that wait."""
    broker = f"mqtt://127.0.0.1:{free_port()}/dogs"
    page, events = live_sinks("127.0.0.1:0", None, broker, mqtt_spool=tmp_path / "spool")
    try:
        assert isinstance(page, LivePage)
        assert isinstance(events, MqttEvents)
        events.publisher.put("{}")
        metrics = ask(page, "/metrics").text
        assert "edgebreed_events_waiting 1.0" in metrics
        assert "edgebreed_events_lost_total 0.0" in metrics
    finally:
        page.close()
        events.close()


@pytest.mark.parametrize(
    ("serve", "token", "mqtt", "told"),
    [
        ("here", None, None, "no address to serve on"),
        ("0", "weak", None, "--token must be"),
        ("0", None, "mqtt://h", "no topic to publish to"),
        ("0", None, "mqtt://h/t", "cannot keep events in"),
    ],
)
def test_a_wrong_request_leaves_nothing_running(
    tmp_path: Path, serve: str, token: str | None, mqtt: str | None, told: str
) -> None:
    """Threads and sockets that are left behind are errors here."""
    with pytest.raises(InputError, match=told):
        live_sinks(serve, token, mqtt, mqtt_spool=tmp_path)


def test_a_missing_extra_is_named() -> None:
    """With the command that installs it, whichever of its packages is not there."""
    code = """if True:
        import sys
        from edgebreed.errors import MissingExtraError
        from edgebreed.live.options import live_sinks

        page, events = ("0", None, None), (None, None, "mqtt://h/t")
        packages = dict.fromkeys(("starlette", "uvicorn", "prometheus_client"), page)
        packages |= dict.fromkeys(("paho", "platformdirs"), events)
        for package, asked in packages.items():
            sys.modules[package] = None
            try:
                live_sinks(*asked)
            except MissingExtraError as error:
                print(package, error)
            del sys.modules[package]
    """
    installs = {line.split()[0]: line.split("run ")[1] for line in fresh_python(code).splitlines()}
    serve, mqtt = '`pip install "edgebreed[serve]"`', '`pip install "edgebreed[mqtt]"`'
    page_needs, events_need = ("starlette", "uvicorn", "prometheus_client"), ("paho", "platformdirs")
    assert dict.fromkeys(page_needs, serve) | dict.fromkeys(events_need, mqtt) == installs


def test_the_spool_lies_with_the_service_or_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file a topic, and its name holds nothing of the address."""
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/edgebreed:/var/lib/other")
    one, other = parse_broker("mqtt://ann:pw@h/one"), parse_broker("mqtt://h/other")
    assert Path("/var/lib/edgebreed") == spool_path(one).parent
    assert spool_path(one) != spool_path(other)
    assert spool_path(one) == spool_path(parse_broker("mqtt://bob:other@h/one"))
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert Path("/somewhere/edgebreed") == spool_path(one).parent
