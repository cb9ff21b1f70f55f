"""Access control of the page."""

import re
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.live.auth import AccessPolicy, new_token
from edgebreed.live.tls import server_context

from .certificates import certificate
from .web import ask, serving

TOKEN = "a-token-of-32-characters-or-more"
PATHS = ("/", "/stream.mjpg", "/events", "/snapshot.jpg", "/metrics")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8080", "LOCALHOST:1", "127.0.0.2"])
def test_a_page_without_token_is_served_to_loopback_names(host: str) -> None:
    """With any port, since it may be forwarded."""
    with serving() as page:
        assert 200 == ask(page, "/", Host=host).code


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""]
)
def test_a_foreign_host_is_refused_on_the_loopback(host: str) -> None:
    """A website that points its name at 127.0.0.1 (DNS rebinding) gets nothing, not even the health."""
    with serving() as page:
        for path in ("/", "/events", "/healthz"):
            assert ask(page, path, Host=host).code in {400, 421}


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(path: str) -> None:
    """Each path says that the token is missing."""
    with serving(token=TOKEN) as page:
        for wrong in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Cookie": f"edgebreed_{page.endpoint.port}=wrong"},
        ):
            reply = ask(page, path, **wrong)
            assert 401 == reply.code
            assert "token" in reply.text
        assert 401 == ask(page, f"{path}?token=").code


def test_the_token_form_says_where_the_token_is_from() -> None:
    """Printed at the start, unless somebody set it."""
    with serving(token=TOKEN) as page:
        text = ask(page, "/", Accept="text/html").text
    assert "?token=" in text
    assert "EDGEBREED_TOKEN" in text


def test_the_token_is_accepted_in_header_query_and_cookie() -> None:
    """The query sets a cookie that scripts cannot read and other sites cannot send."""
    with serving(token=TOKEN) as page:
        for scheme in ("Bearer", "bearer", "BEARER "):
            assert 200 == ask(page, "/metrics", Authorization=f"{scheme} {TOKEN}").code
        reply = ask(page, f"/?token={TOKEN}", Host="camera.example")
        assert 200 == reply.code
        name = f"edgebreed_{page.endpoint.port}"
        assert f"{name}={TOKEN}; Path=/; HttpOnly; SameSite=Strict" == reply.headers["set-cookie"]
        assert 200 == ask(page, "/metrics", Cookie=f"{name}={TOKEN}").code


@pytest.mark.parametrize("header", [TOKEN, f"Basic {TOKEN}", f"Bearer{TOKEN}", f"Bearer x {TOKEN}"])
def test_a_token_of_another_scheme_is_refused(header: str) -> None:
    """Or of none: `Bearer` says what it is."""
    with serving(token=TOKEN) as page:
        assert 401 == ask(page, "/metrics", Authorization=header).code


def test_the_cookie_of_a_secure_page_is_secure(tmp_path: Path) -> None:
    """A browser then never sends it unencrypted, to another port of the same host."""
    with serving(token=TOKEN, tls=server_context(*certificate(tmp_path))) as page:
        headers = ask(page, f"/?token={TOKEN}").headers
        assert headers["set-cookie"].endswith("; HttpOnly; SameSite=Strict; Secure")
        assert "strict-transport-security" not in headers


@pytest.mark.parametrize("host", ["x/healthz?", "x/healthz#", "x/healthz?a=", "[", "x@y/healthz?"])
def test_no_host_makes_a_path_public(host: str) -> None:
    """A path is what the request line says, whatever URL a header would make of it."""
    with serving(token=TOKEN) as page:
        assert 401 == ask(page, "/metrics", Host=host).code


def test_health_needs_no_token() -> None:
    """A supervisor has none."""
    with serving(token=TOKEN) as page:
        assert 200 == ask(page, "/healthz").code


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://localhost.evil.example"])
def test_other_sites_cannot_pause(origin: str | None) -> None:
    """Without the page's own origin a POST is refused; the message names the header."""
    headers = {} if origin is None else {"Origin": origin}
    with serving() as page:
        reply = ask(page, "/pause", "POST", '{"paused": true}', Host="localhost", **headers)
        assert (403, True) == (reply.code, "needs the header Origin: http://localhost" in reply.text)


@pytest.mark.parametrize(
    ("secure", "origin", "code"),
    [(True, "https", 200), (True, "http", 403), (False, "http", 200), (False, "https", 200)],
)
def test_the_own_origin_has_the_own_scheme(secure: bool, origin: str, code: int, tmp_path: Path) -> None:
    """But behind a proxy that speaks HTTPS; the message names what would pass."""
    tls = server_context(*certificate(tmp_path)) if secure else None
    with serving(tls=tls) as page:
        reply = ask(
            page, "/pause", "POST", '{"paused": true}', Host="localhost", Origin=f"{origin}://localhost"
        )
        assert code == reply.code
        assert code == 200 or "Origin: https://localhost" in reply.text


def test_responses_have_security_headers() -> None:
    """Refusals, too."""
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
    """The message does not repeat it."""
    with pytest.raises(
        InputError, match=r"^--token must be 16 to 256 of .*: leave it out and one is generated$"
    ):
        AccessPolicy(token)


def test_generated_tokens_are_valid_and_differ() -> None:
    """Each start has its own."""
    assert new_token() != new_token()
    assert re.fullmatch(r"[\w-]{32}", str(AccessPolicy(new_token()).token))
