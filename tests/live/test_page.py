"""The live page, served and looked at."""

import time
from collections.abc import Iterator

import pytest

from edgebreed.edge.camera.events import State
from edgebreed.edge.images import decode
from edgebreed.edge.prediction import Kind
from edgebreed.live.server import LivePage

from ..conftest import BLUE, plain
from .browser import Browser
from .feed import answered, change, result
from .web import ask, next_event, next_picture, serving, watching


@pytest.fixture
def page() -> Iterator[LivePage]:
    """A page of a running stream with one answer."""
    with serving() as live:
        live.changed(change(State.RUNNING, "opened"))
        live.answered(answered(0))
        yield live


def test_pictures_come_as_the_stream_goes(page: LivePage) -> None:
    """Each part is a JPEG of the newest frame."""
    with watching(page, "/stream.mjpg") as stream:
        assert "multipart/x-mixed-replace; boundary=edgebreed" == stream.headers["content-type"]
        assert (48 + 24, 64) == decode(next_picture(stream)).shape[:2]
        page.answered(answered(1, plain(BLUE, 100, 80)))
        pictures = [decode(next_picture(stream)).shape[:2] for _ in range(2)]
        assert (80 + 24, 100) == pictures[-1]


def test_events_begin_with_history_and_follow_the_stream(page: LivePage) -> None:
    """History, the standing, then what changes."""
    with watching(page, "/events") as stream:
        assert ("text/event-stream; charset=utf-8") == stream.headers["content-type"]
        name, rows = next_event(stream)
        assert ("history", [60.0, 40.0]) == (name, rows[0][1:])
        assert 0 == next_event(stream)[1]["answer"]["number"]
        page.changed(change(State.RECONNECTING, "the camera is silent"))
        assert "the camera is silent" == next_event(stream)[1]["reason"]


def test_a_snapshot_is_the_picture_that_is_shown(page: LivePage) -> None:
    """In full size, with a name that says which frame it is."""
    page.answered(answered(7, plain(BLUE, 1600, 900)))
    reply = ask(page, "/snapshot.jpg")
    assert (200, "image/jpeg") == (reply.code, reply.headers["content-type"])
    assert 1600 == decode(reply.body).shape[1]
    assert 'inline; filename="edgebreed-000007.jpg"' == reply.headers["content-disposition"]


def test_there_is_no_snapshot_before_the_first_frame() -> None:
    """The reply says when to ask again."""
    with serving() as empty:
        reply = ask(empty, "/snapshot.jpg")
        assert (503, "1") == (reply.code, reply.headers["retry-after"])


def test_pause_holds_what_viewers_are_shown(page: LivePage) -> None:
    """Picture and answer stay; counters go on."""
    own = {"Host": "localhost", "Origin": "http://localhost"}
    assert {"held": True} == ask(page, "/pause", "POST", '{"held": true}', **own).json
    page.answered(answered(5))
    with watching(page, "/events") as stream:
        told = [next_event(stream) for _ in range(2)][1][1]
    assert (True, 0, 6) == (told["held"], told["answer"]["number"], told["counts"]["processed"])
    assert {"held": False} == ask(page, "/pause", "POST", '{"held": false}', **own).json


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"held": 1}', "\xff"])
def test_a_pause_that_says_nothing(page: LivePage, body: str) -> None:
    """It is told what to send."""
    reply = ask(page, "/pause", "POST", body, Host="localhost", Origin="http://localhost")
    assert (400, 'send {"held": true} or {"held": false}\n') == (reply.code, reply.text)


def test_metrics_and_health(page: LivePage) -> None:
    """For machines that watch."""
    metrics = ask(page, "/metrics")
    assert 'edgebreed_frames_total{fate="processed"} 1.0' in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "ok" == ask(page, "/healthz").json["status"]
    page.changed(change(State.FAILED, "the camera is gone"))
    health = ask(page, "/healthz")
    assert (503, "the stream failed: the camera is gone") == (health.code, health.json["why"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all tests here: its start takes seconds."""
    with Browser() as started:
        yield started


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """It has no page open."""
    yield chromium
    chromium.close()


HEADLINE = "document.querySelector('h1').textContent"


@pytest.mark.browser
def test_a_browser_shows_answer_bars_and_picture(page: LivePage, browser: Browser) -> None:
    """The page as a person sees it, under its own policy."""
    browser.open(page.url)
    for number in range(1, 12):
        answer = result(number, faces=((20, 20, 40, 40),))
        page.answered(answered(number, plain(BLUE, 320, 180), answer))
        time.sleep(0.15)
    assert browser.wait(f"{HEADLINE} === 'Dalmatian'")
    labels = "[...document.querySelectorAll('#top li')].map(row => row.innerText.replace(/\\s+/g, ' '))"
    assert ["Dalmatian 90%", "Great Dane 6%", "Greyhound 4%"] == browser.value(labels)
    offset = "new DOMMatrix(getComputedStyle(document.querySelector('.fill')).transform).e"
    width = "document.querySelector('.track').clientWidth"
    assert browser.wait(f"Math.abs({offset} + 0.1 * {width}) < 1"), browser.value(offset)
    assert browser.wait("picture.naturalWidth === 320")
    assert ("running", "1 face") == (
        browser.value("document.body.dataset.state"),
        browser.value("faces.textContent"),
    )
    assert browser.value("document.querySelector('#age .line').getAttribute('d')").startswith("M")


@pytest.mark.browser
def test_a_browser_on_a_phone_needs_no_sideways_scrolling(page: LivePage, browser: Browser) -> None:
    """Nor does a long name break the page."""
    page.answered(answered(1, answer=result(1, label="Nova Scotia Duck Tolling Retriever" * 3)))
    browser.open(page.url, 390, 844, dark=True)
    assert browser.wait(f"{HEADLINE}.startsWith('Nova')")
    assert 390 == browser.value("document.documentElement.scrollWidth")


@pytest.mark.browser
def test_a_browser_makes_trouble_obvious_and_text_stays_text(page: LivePage, browser: Browser) -> None:
    """State, reason, and a breed that would be markup."""
    page.answered(answered(1, answer=result(1, label="<img src=x onerror=alert(1)>", kind=Kind.PERSON)))
    page.changed(change(State.RECONNECTING, "no frame for 5 s"))
    browser.open(page.url)
    assert browser.wait("document.body.dataset.state === 'reconnecting'")
    assert browser.wait("getComputedStyle(document.querySelector('.veil')).visibility === 'visible'")
    assert "no frame for 5 s" == browser.value("reason.innerText")
    assert browser.wait("picture.naturalWidth === 64")
    assert "<img src=x onerror=alert(1)>" == browser.value(HEADLINE)


@pytest.mark.browser
def test_a_browser_pauses_by_key_and_tells_when_the_stream_is_gone(browser: Browser) -> None:
    """`p` holds the picture; a server that went away is seen."""
    with serving() as page:
        page.changed(change(State.RUNNING))
        page.answered(answered(0))
        browser.open(page.url)
        assert browser.wait("document.body.dataset.state === 'running'")
        browser.press("p")
        assert browser.wait("document.body.dataset.held === 'true'")
        assert page.latest.view().held
    assert browser.wait("document.body.dataset.state === 'offline'")


@pytest.mark.browser
def test_a_browser_is_asked_for_the_token_and_keeps_it(browser: Browser) -> None:
    """The form opens the page, the address bar forgets the token, and what the page loads is let in."""
    with serving(token="a-token-for-the-browser") as page:
        page.answered(answered(0))
        browser.open(page.url)
        assert browser.wait("document.querySelector('input[name=token]')?.value === ''")
        browser.value(
            "document.querySelector('input').value = 'a-token-for-the-browser'; document.forms[0].submit()"
        )
        assert browser.wait(f"document.querySelector('h1')?.id === 'headline' && {HEADLINE} === 'Dalmatian'")
        assert "" == browser.value("location.search")
