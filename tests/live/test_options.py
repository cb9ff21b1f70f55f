"""From options to sinks."""

import logging
from contextlib import closing
from pathlib import Path

import pytest

from edgebreed import Pipeline
from edgebreed.errors import InputError
from edgebreed.live.broker import parse_broker
from edgebreed.live.mqtt import MqttSink
from edgebreed.live.options import (
    Discovery,
    MqttOptions,
    live_sinks,
    name_model,
    refuse_wrong_addresses,
    spool_path,
)
from edgebreed.live.server import LivePage
from edgebreed.live.tls import server_context
from edgebreed.outputs.answer_log import AnswerLogSink

from ..conftest import colour_manifest, fresh_python
from .certificates import certificate
from .fake_broker import fake_broker
from .mosquitto import free_port, wait_for
from .web import ask


def test_without_options_there_are_no_sinks() -> None:
    """And no package of an extra is needed."""
    assert [] == live_sinks(None, None, None)


def test_a_page_and_events(tmp_path: Path) -> None:
    """Both, and the page's metrics include the pending events."""
    broker = f"mqtt://127.0.0.1:{free_port()}/topic"
    page, events = live_sinks("127.0.0.1:0", None, MqttOptions(broker, spool=tmp_path / "spool"))
    try:
        assert isinstance(page, LivePage)
        assert isinstance(events, MqttSink)
        events.publisher.put("{}")
        metrics = ask(page, "/metrics").text
        assert "edgebreed_events_pending 1.0" in metrics
        assert "edgebreed_events_lost_total 0.0" in metrics
    finally:
        page.close()
        events.close()


def test_the_page_names_the_model(colours: Path) -> None:
    """In its metrics; other sinks are passed over."""
    sinks = live_sinks("127.0.0.1:0", None, None)
    with Pipeline.open(colours) as pipeline, closing(sinks[0]) as page:
        name_model([AnswerLogSink(), *sinks], pipeline)
        assert isinstance(page, LivePage)
        assert 'edgebreed_model_info{engine="onnxruntime' in ask(page, "/metrics").text
        assert 'model="colours"' in ask(page, "/metrics").text


def test_the_pages_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With a generated token where others can connect; a token that was given is not repeated."""
    caplog.set_level(logging.INFO, "edgebreed.live")
    for serve, token in (("127.0.0.1:0", None), ("0.0.0.0:0", None), ("0.0.0.0:0", "given-by-somebody")):
        (page,) = live_sinks(serve, token, None)
        page.close()
        assert isinstance(page, LivePage)
        assert f"live page at {page.url}" == caplog.records[-1].getMessage()
    assert ["token" in record.getMessage() for record in caplog.records] == [False, True, False]
    assert "given-by" not in caplog.text


def test_a_certificate_serves_the_page_over_https(tmp_path: Path) -> None:
    """Under an address that says so."""
    tls = server_context(*certificate(tmp_path))
    (page,) = live_sinks("127.0.0.1:0", None, None, tls=tls)
    try:
        assert isinstance(page, LivePage)
        assert page.url.startswith("https://127.0.0.1:")
        assert 200 == ask(page, "/").code
    finally:
        page.close()


@pytest.mark.parametrize(
    ("serve", "token", "mqtt", "message"),
    [
        ("here", None, None, "no address to serve on"),
        ("0", "weak", None, "--token must be"),
        ("0", None, "mqtt://h", "no topic to publish to"),
        ("0", None, "mqtt://h/t", "cannot keep events in"),
    ],
)
def test_an_invalid_option_leaves_nothing_running(
    tmp_path: Path, serve: str, token: str | None, mqtt: str | None, message: str
) -> None:
    """Threads and sockets that are left open fail the test."""
    options = None if mqtt is None else MqttOptions(mqtt, spool=tmp_path)
    with pytest.raises(InputError, match=message):
        live_sinks(serve, token, options)


@pytest.mark.slow
def test_a_missing_extra_is_named() -> None:
    """With the command that installs it, whichever of its packages is missing."""
    code = """if True:
        import sys
        from edgebreed.errors import MissingExtraError
        from edgebreed.live.options import MqttOptions, live_sinks

        page, events = ("0", None, None), (None, None, MqttOptions("mqtt://h/t"))
        packages = dict.fromkeys(("starlette", "uvicorn", "prometheus_client"), page)
        packages |= dict.fromkeys(("paho", "platformdirs"), events)
        for package, options in packages.items():
            sys.modules[package] = None
            try:
                live_sinks(*options)
            except MissingExtraError as error:
                print(package, error)
            del sys.modules[package]
    """
    installs = {line.split()[0]: line.split("run ")[1] for line in fresh_python(code).splitlines()}
    serve, mqtt = '`pip install "edgebreed[serve]"`', '`pip install "edgebreed[mqtt]"`'
    page_needs, events_need = ("starlette", "uvicorn", "prometheus_client"), ("paho", "platformdirs")
    assert dict.fromkeys(page_needs, serve) | dict.fromkeys(events_need, mqtt) == installs


def test_the_spool_file_is_in_the_state_folder_of_the_service_or_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One file a topic, and its name reveals nothing of the address."""
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/edgebreed:/var/lib/other")
    one, other = parse_broker("mqtt://ann:pw@h/one"), parse_broker("mqtt://h/other")
    assert Path("/var/lib/edgebreed") == spool_path(one).parent
    assert spool_path(one) != spool_path(other)
    assert spool_path(one) == spool_path(parse_broker("mqtt://bob:other@h/one"))
    monkeypatch.delenv("STATE_DIRECTORY")
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert Path("/somewhere/edgebreed") == spool_path(one).parent


@pytest.mark.parametrize(
    ("scheme", "host", "warned"), [("mqtt", "0.0.0.0", True), ("mqtt", "127.0.0.1", False)]
)
def test_a_password_that_goes_out_unencrypted_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, scheme: str, host: str, warned: bool
) -> None:
    """In one line without it."""
    where = f"{host}:{free_port()}/topic"
    options = MqttOptions(f"{scheme}://ann:pass-word@{where}", spool=tmp_path / "spool")
    (events,) = live_sinks(None, None, options)
    events.close()
    lines = [line for line in caplog.messages if "unencrypted" in line]
    expected = f"the password goes to mqtt://{where} unencrypted: use mqtts:// if the broker has TLS"
    assert [expected] * warned == lines
    assert "pass-word" not in caplog.text


def test_a_service_starts_whatever_is_left_of_its_spool_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file in the state folder belongs to nobody else; one that the user names may."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    text = f"mqtt://127.0.0.1:{free_port()}/topic"
    path = spool_path(parse_broker(text))
    path.write_bytes(b"\x93garbage" * 1000)
    with pytest.raises(InputError, match="it is no spool file"):
        live_sinks(None, None, MqttOptions(text, spool=path))
    (events,) = live_sinks(None, None, MqttOptions(text))
    events.close()
    assert [path.name, f"{path.name}.damaged"] == sorted(each.name for each in tmp_path.iterdir())


@pytest.mark.parametrize(("serve", "mqtt"), [("nowhere", None), (None, "mqtt://h"), (None, "h/t")])
def test_wrong_addresses_are_refused_without_opening_anything(serve: str | None, mqtt: str | None) -> None:
    """Valid ones pass."""
    refuse_wrong_addresses("8080", "mqtt://h/t")
    with pytest.raises(InputError, match="no address to serve on|no broker|no topic"):
        refuse_wrong_addresses(serve, mqtt)


def test_discovery_needs_a_broker_and_a_prefix() -> None:
    """Both are said before anything opens."""
    refuse_wrong_addresses(None, "mqtt://h/t", "homeassistant")
    with pytest.raises(InputError, match="--mqtt-discovery needs a broker: give one with --mqtt"):
        refuse_wrong_addresses(None, None, "homeassistant")
    with pytest.raises(InputError, match=r"--mqtt-discovery 'a/#' is no prefix of topics"):
        refuse_wrong_addresses(None, "mqtt://h/t", "a/#")


@pytest.mark.parametrize(("serve", "linked"), [("0.0.0.0:0", True), ("127.0.0.1:0", False), (None, False)])
def test_a_description_links_the_page_where_others_can_reach_it(
    tmp_path: Path, serve: str | None, linked: bool
) -> None:
    """Without the token, as everybody who may use the broker can read it."""
    with fake_broker() as server:
        options = MqttOptions(
            str(server.address), spool=tmp_path / "spool", discovery=Discovery("ha", colour_manifest())
        )
        sinks = live_sinks(serve, None, options)
        wait_for(lambda: len(server.statuses) == 2)
        for sink in sinks:
            sink.close()
    text = server.statuses[1].decode()
    assert "colours" in text
    assert linked == ("configuration_url" in text)
    assert "token=" not in text
