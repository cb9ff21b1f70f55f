"""Who may look at the page."""

import re

import pytest

from edgebreed.errors import InputError
from edgebreed.live.guard import Admission, new_token

from .web import ask, serving

TOKEN = "a-token-of-32-characters-or-more"
PATHS = ("/", "/stream.mjpg", "/events", "/snapshot.jpg", "/metrics")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8080", "LOCALHOST:1", "127.0.0.2"])
def test_a_page_of_this_machine_answers_to_its_names(host: str) -> None:
    """Any port, since it may be forwarded."""
    with serving() as page:
        assert 200 == ask(page, "/", Host=host).code


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
def test_a_foreign_host_is_refused_on_the_loopback(host: str) -> None:
    """A site that rebinds its name to 127.0.0.1 gets nothing, not even whether all is well."""
    with serving() as page:
        for path in ("/", "/events", "/healthz"):
            assert ask(page, path, Host=host).code in {400, 421}


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(path: str) -> None:
    """Each path says what is missing."""
    with serving(token=TOKEN) as page:
        for wrong in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Cookie": f"edgebreed_{page.address.port}=wrong"},
        ):
            reply = ask(page, path, **wrong)
            assert 401 == reply.code
            assert "token" in reply.text
        assert 401 == ask(page, f"{path}?token=").code


def test_the_token_opens_by_header_by_query_and_by_cookie() -> None:
    """The query leaves a cookie that scripts cannot read and other sites do not send."""
    with serving(token=TOKEN) as page:
        assert 200 == ask(page, "/metrics", Authorization=f"Bearer {TOKEN}").code
        reply = ask(page, f"/?token={TOKEN}", Host="camera.example")
        assert 200 == reply.code
        name = f"edgebreed_{page.address.port}"
        assert f"{name}={TOKEN}; Path=/; HttpOnly; SameSite=Strict" == reply.headers["set-cookie"]
        assert 200 == ask(page, "/metrics", Cookie=f"{name}={TOKEN}").code


def test_health_is_open_and_keeps_the_reason_to_itself() -> None:
    """A supervisor needs no token."""
    with serving(token=TOKEN) as page:
        assert 200 == ask(page, "/healthz").code


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://localhost.evil.example"])
def test_other_sites_cannot_pause(origin: str | None) -> None:
    """Without the page's own origin a change is refused, and the remedy is told."""
    headers = {} if origin is None else {"Origin": origin}
    with serving() as page:
        reply = ask(page, "/pause", "POST", '{"held": true}', Host="localhost", **headers)
        assert (403, True) == (reply.code, "needs the header Origin: http://localhost" in reply.text)


def test_answers_carry_headers_that_keep_a_browser_safe() -> None:
    """Also refusals do."""
    with serving(token=TOKEN) as page:
        for reply in (
            ask(page, "/"),
            ask(page, f"/?token={TOKEN}"),
            ask(page, "/healthz"),
            ask(page, "/gone"),
        ):
            assert reply.headers["content-security-policy"].startswith("default-src 'none'")
            assert "nosniff" == reply.headers["x-content-type-options"]
            assert "same-origin" == reply.headers["cross-origin-resource-policy"]
            assert "no-referrer" == reply.headers["referrer-policy"]
            assert "no-store" == reply.headers["cache-control"]


@pytest.mark.parametrize("token", ["short", "with a space in the middle", "semicolons;are;for;cookies", ""])
def test_a_weak_token_is_refused(token: str) -> None:
    """And not repeated."""
    with pytest.raises(InputError, match=r"^--token must be 16 to 256 of .*: leave it out and one is made$"):
        Admission(token)


def test_made_tokens_are_good_and_differ() -> None:
    """Each start has its own."""
    assert new_token() != new_token()
    assert re.fullmatch(r"[\w-]{32}", str(Admission(new_token()).token))
