"""The live page: its routes, and the page in a browser."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from edgebreed.edge.images import decode
from edgebreed.edge.prediction import Kind
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import State, StateChange
from edgebreed.live.routes import MAX_BODY, history_rows, status
from edgebreed.live.server import LivePage
from edgebreed.live.stream_state import StreamState
from edgebreed.live.tls import server_context

from ..conftest import BLUE, plain
from .browser import Browser
from .certificates import certificate
from .feed import TOP, ManualClock, change, frame_result, result
from .test_auth import TOKEN
from .web import ask, http_client, next_event, next_picture, serving, watching

OWN = {"Host": "localhost", "Origin": "http://localhost"}
"""What a browser sends from the page."""


@pytest.fixture
def page() -> Iterator[LivePage]:
    """The page of a running stream with one result."""
    with serving() as live:
        live.on_state(change(State.RUNNING, "opened"))
        live.on_result(frame_result(0))
        yield live


def test_a_status_holds_the_two_events_of_the_schema() -> None:
    """In plain JSON types; counts are those of the newest frame."""
    state = StreamState(ManualClock())
    running, newest = change(State.RUNNING, "opened"), frame_result(3)
    state.on_state(running)
    state.on_result(newest)
    payload = json.loads(json.dumps(status(state.snapshot())))
    assert (running.to_dict(), newest.to_dict()) == (payload["state"], payload["result"])
    assert newest.counts.to_dict() == payload["counts"]
    assert (7, 4, 3) == tuple(payload["counts"][name] for name in ("captured", "processed", "dropped"))
    assert (False, 0.0) == (payload["paused"], payload["since_result_s"])


def test_a_status_goes_on_while_the_source_is_lost() -> None:
    """Counts are those of the newest attempt, and the outage has a duration."""
    clock = ManualClock()
    state = StreamState(clock)
    state.on_result(frame_result(3))
    for _ in range(2):
        lost = FrameCounts(captured=9, processed=4, dropped=3, failed=2, reconnect_attempts=5)
        state.on_state(StateChange(State.RECONNECTING, "no such device", 0.0, lost))
        clock.now += 20
    payload = status(state.snapshot())
    assert (40.0, lost.to_dict()) == (payload["outage_s"], payload["counts"])


def test_the_status_before_the_first_frame() -> None:
    """It is starting, without a result."""
    payload = status(StreamState().snapshot())
    assert ("starting", 0, None) == (
        payload["state"]["state"],
        payload["counts"]["captured"],
        payload["result"],
    )


def test_history_is_rows_of_numbers() -> None:
    """Seconds ago, frame latency, pipeline time."""
    clock = ManualClock()
    state = StreamState(clock)
    state.on_result(frame_result(latency_ms=61.0))
    clock.now += 2
    assert [[2.0, 61.0, 40.0]] == history_rows(state.history())


def test_pictures_come_as_the_stream_goes(page: LivePage) -> None:
    """Each part is a JPEG of the newest frame."""
    with watching(page, "/stream.mjpg") as stream:
        assert "multipart/x-mixed-replace; boundary=edgebreed" == stream.headers["content-type"]
        assert (48 + 24, 64) == decode(next_picture(stream)).shape[:2]
        page.on_result(frame_result(1, plain(BLUE, 100, 80)))
        pictures = [decode(next_picture(stream)).shape[:2] for _ in range(2)]
        assert (80 + 24, 100) == pictures[-1]


def test_events_begin_with_history_and_follow_the_stream(page: LivePage) -> None:
    """History, the status, then each change of it."""
    with watching(page, "/events") as stream:
        assert ("text/event-stream; charset=utf-8") == stream.headers["content-type"]
        name, rows = next_event(stream)
        assert ("history", [60.0, 40.0]) == (name, rows[0][1:])
        assert 0 == next_event(stream)[1]["result"]["number"]
        page.on_state(change(State.RECONNECTING, "the camera is silent"))
        assert "the camera is silent" == next_event(stream)[1]["state"]["reason"]


def test_a_snapshot_is_the_picture_that_is_shown(page: LivePage) -> None:
    """In full size; its file name contains the frame number."""
    page.on_result(frame_result(7, plain(BLUE, 1600, 900)))
    reply = ask(page, "/snapshot.jpg")
    assert (200, "image/jpeg") == (reply.code, reply.headers["content-type"])
    assert 1600 == decode(reply.body).shape[1]
    assert 'inline; filename="edgebreed-000007.jpg"' == reply.headers["content-disposition"]


def test_there_is_no_snapshot_before_the_first_frame() -> None:
    """The reply says when to ask again."""
    with serving() as empty:
        reply = ask(empty, "/snapshot.jpg")
        assert (503, "1") == (reply.code, reply.headers["retry-after"])


def test_pause_freezes_what_viewers_see(page: LivePage) -> None:
    """Picture and result stay; counters go on."""
    assert {"paused": True} == ask(page, "/pause", "POST", '{"paused": true}', **OWN).json
    page.on_result(frame_result(5))
    with watching(page, "/events") as stream:
        payload = [next_event(stream) for _ in range(2)][1][1]
    assert (True, 0, 6) == (payload["paused"], payload["result"]["number"], payload["counts"]["processed"])
    assert {"paused": False} == ask(page, "/pause", "POST", '{"paused": false}', **OWN).json


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"paused": 1}', "\xff"])
def test_an_invalid_pause_request_is_refused(page: LivePage, body: str) -> None:
    """The message says what to send."""
    reply = ask(page, "/pause", "POST", body, **OWN)
    assert (400, 'send {"paused": true} or {"paused": false}\n') == (reply.code, reply.text)


@pytest.mark.slow
@pytest.mark.parametrize("size", [MAX_BODY + 1, 10_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_long_body_is_refused(page: LivePage, size: int, chunked: bool) -> None:
    """Whether its length is told or not; what is read of it is bounded."""
    connection = http_client(page.endpoint.port, secure=False)
    body = iter([b" " * min(size, 60_000)] * max(1, size // 60_000)) if chunked else b" " * size
    with suppress(ConnectionError):  # it may be refused before it is sent
        connection.request("POST", "/pause", body, OWN, encode_chunked=chunked)
    response = connection.getresponse()
    assert (413, b"the body is longer than 1024 bytes: send less\n") == (response.status, response.read())
    connection.close()


def test_a_body_of_the_longest_length_is_read(page: LivePage) -> None:
    """And one that is nested without end is no JSON."""
    longest = '{"paused": true}'.ljust(MAX_BODY)
    assert {"paused": True} == ask(page, "/pause", "POST", longest, **OWN).json
    assert 400 == ask(page, "/pause", "POST", "[" * MAX_BODY, **OWN).code


def test_metrics_and_health(page: LivePage) -> None:
    """For Prometheus and for supervisors."""
    metrics = ask(page, "/metrics")
    assert 'edgebreed_frames_total{outcome="processed"} 1.0' in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "ok" == ask(page, "/healthz").json["status"]
    page.on_state(change(State.FAILED, "the camera is gone"))
    health = ask(page, "/healthz")
    assert (503, "the stream failed: the camera is gone") == (health.code, health.json["reason"])


def test_health_names_a_video_of_any_name(page: LivePage) -> None:
    """A byte that is no UTF-8 has no JSON of its own."""
    page.on_state(change(State.FAILED, "no frame of caf\udce9.mp4 decodes"))
    health = ask(page, "/healthz")
    assert (503, r"the stream failed: no frame of caf\udce9.mp4 decodes") == (
        health.code,
        health.json["reason"],
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here: its start takes seconds."""
    with Browser() as started:
        yield started


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser without an open page."""
    yield chromium
    chromium.close()


HEADLINE = "document.querySelector('h1').textContent"


@pytest.mark.browser
def test_the_page_shows_result_bars_and_picture(page: LivePage, browser: Browser) -> None:
    """In a browser that enforces the Content-Security-Policy."""
    browser.open(page.url)
    for number in range(1, 12):
        with_face = result(number, faces=((20, 20, 40, 40),))
        page.on_result(frame_result(number, plain(BLUE, 320, 180), with_face))
        time.sleep(0.15)
    assert browser.wait(f"{HEADLINE} === 'square'")
    labels = "[...document.querySelectorAll('#top li')].map(row => row.innerText.replace(/\\s+/g, ' '))"
    assert ["square 90%", "star 6%", "disc 4%"] == browser.value(labels)
    offset = "new DOMMatrix(getComputedStyle(document.querySelector('.fill')).transform).e"
    width = "document.querySelector('.track').clientWidth"
    assert browser.wait(f"Math.abs({offset} + 0.1 * {width}) < 1"), browser.value(offset)
    assert browser.wait("picture.naturalWidth === 320")
    assert ("running", "1 face") == (
        browser.value("document.body.dataset.state"),
        browser.value("faces.textContent"),
    )
    assert browser.value("document.querySelector('#frame-latency .line').getAttribute('d')").startswith("M")


@pytest.mark.browser
def test_a_browser_without_javascript_is_told_so(page: LivePage, browser: Browser) -> None:
    """Instead of a wheel that turns for ever; the picture alone can be seen."""
    browser.without_scripts(page.url)
    assert browser.wait("document.querySelector('noscript b')?.checkVisibility()")
    assert not browser.value("document.getElementById('overlay').checkVisibility()")
    assert not browser.value("document.querySelector('.state').checkVisibility()")
    assert "/stream.mjpg" == browser.value("document.querySelector('noscript a').getAttribute('href')")


@pytest.mark.browser
def test_the_page_shows_every_label_of_a_multi_label_answer(page: LivePage, browser: Browser) -> None:
    """In the headline and in the list, where the other classes stand back."""
    summary = "shape: square (90%), disc (4%)"
    page.on_result(frame_result(1, of=result(1, labels=(TOP[0], TOP[2]), summary=summary)))
    browser.open(page.url)
    assert browser.wait(f"{HEADLINE} === 'square, disc'")
    assert "shape" == browser.value("document.querySelector('#prefix').textContent")
    counted = "[...document.querySelectorAll('#top li.counted .label')].map(one => one.textContent)"
    assert ["square", "disc"] == browser.value(counted)


@pytest.mark.browser
def test_classes_below_unknown_are_said_not_to_count(page: LivePage, browser: Browser) -> None:
    """Their high probabilities would read as the answer."""
    shown = "getComputedStyle(document.querySelector('.not-counted')).display"
    browser.open(page.url)
    page.on_result(frame_result(1))
    assert browser.wait(f"{HEADLINE} === 'square'")
    assert "none" == browser.value(shown)
    page.on_result(frame_result(2, of=result(2, kind=Kind.UNKNOWN, summary="unknown")))
    assert browser.wait(f"{HEADLINE} === 'unknown'")
    assert "block" == browser.value(shown)


@pytest.mark.browser
def test_the_page_fits_a_phone(page: LivePage, browser: Browser) -> None:
    """Without horizontal scrolling, also with a long label."""
    page.on_result(frame_result(1, of=result(1, label="a rather long name of a class" * 3)))
    browser.open(page.url, 390, 844, dark=True)
    assert browser.wait(f"{HEADLINE}.startsWith('a rather')")
    assert 390 == browser.value("document.documentElement.scrollWidth")


@pytest.mark.browser
def test_the_page_shows_faults_and_escapes_text(page: LivePage, browser: Browser) -> None:
    """State, reason, and a label that contains markup."""
    page.on_result(frame_result(1, of=result(1, label="<img src=x onerror=alert(1)>", kind=Kind.PERSON)))
    page.on_state(change(State.RECONNECTING, "no frame for 5 s"))
    browser.open(page.url)
    assert browser.wait("document.body.dataset.state === 'reconnecting'")
    assert browser.wait("getComputedStyle(document.querySelector('.overlay')).visibility === 'visible'")
    assert "no frame for 5 s" == browser.value("reason.innerText")
    assert browser.wait("picture.naturalWidth === 64")
    assert "<img src=x onerror=alert(1)>" == browser.value(HEADLINE)


@pytest.mark.browser
def test_the_page_pauses_by_key_and_shows_a_lost_connection(browser: Browser) -> None:
    """`p` freezes the picture."""
    with serving() as page:
        page.on_state(change(State.RUNNING))
        page.on_result(frame_result(0))
        browser.open(page.url)
        assert browser.wait("document.body.dataset.state === 'running'")
        browser.press("p")
        assert browser.wait("document.body.dataset.paused === 'true'")
        assert page.state.snapshot().paused
    assert browser.wait("document.body.dataset.state === 'offline'")


@pytest.mark.browser
def test_the_token_form_opens_the_page(browser: Browser) -> None:
    """The token is removed from the address bar, and what the page loads has access."""
    with serving(token="a-token-for-the-browser") as page:
        page.on_result(frame_result(0))
        browser.open(page.url)
        assert browser.wait("document.querySelector('input[name=token]')?.value === ''")
        browser.value(
            "document.querySelector('input').value = 'a-token-for-the-browser'; document.forms[0].submit()"
        )
        assert browser.wait(f"document.querySelector('h1')?.id === 'headline' && {HEADLINE} === 'square'")
        assert "" == browser.value("location.search")


@pytest.mark.browser
def test_the_page_works_over_https(browser: Browser, tmp_path: Path) -> None:
    """It shows result and picture, and pauses for everybody; a browser sends its own origin and cookie."""
    with serving(token=TOKEN, tls=server_context(*certificate(tmp_path))) as page:
        page.on_state(change(State.RUNNING, "opened"))
        page.on_result(frame_result(1, plain(BLUE, 320, 180)))
        browser.open(f"{page.url}?token={TOKEN}")
        assert browser.wait(f"{HEADLINE} === 'square'")
        assert browser.wait("picture.naturalWidth === 320")
        browser.press("p")
        assert browser.wait("document.body.dataset.paused === 'true'")
