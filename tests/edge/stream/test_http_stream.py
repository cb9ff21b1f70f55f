"""Requests to cameras over HTTP."""

from http.server import BaseHTTPRequestHandler

import pytest

from edgebreed.edge.stream.http_stream import request_stream
from edgebreed.edge.stream.url_login import code_address

from .http_camera import http_camera, knows_basic, knows_digest, send

PASSWORD = 'p/a?s#s w@rd:"\u00e9%'


def basic(camera: BaseHTTPRequestHandler) -> None:
    """Asks for a login by Basic."""
    if knows_basic(camera, f"me:{PASSWORD}"):
        send(camera, 200, {}, camera.path.encode())


def digest(camera: BaseHTTPRequestHandler) -> None:
    """Asks for a login by Digest."""
    if knows_digest(camera, "me", "s3cret"):
        send(camera, 200, {}, b"digest")


def status_of(url: str) -> int | None:
    """The status of an answer."""
    with request_stream(url, 2.0) as answer:
        return answer.status


def test_a_login_of_any_characters_is_sent_where_it_is_asked_for() -> None:
    """By Basic and by Digest; a wrong one comes back as the camera's refusal."""
    with http_camera(basic) as address:
        with request_stream(code_address(f"http://me:{PASSWORD}@{address}/a b?x=1#y"), 2.0) as answer:
            assert (200, b"/a%20b?x=1") == (answer.status, answer.read())
        for login in ("", "me:wrong@"):
            assert 401 == status_of(f"http://{login}{address}/")
    with http_camera(digest) as address:
        assert 200 == status_of(f"http://me:s3cret@{address}/v?x=1")
        assert 401 == status_of(f"http://me:wrong@{address}/v")


def test_a_login_is_not_sent_to_another_host() -> None:
    """To which a camera redirects."""
    seen: list[str | None] = []

    def other(camera: BaseHTTPRequestHandler) -> None:
        seen.append(camera.headers["Authorization"])
        send(camera, 404, {})

    def redirect(camera: BaseHTTPRequestHandler) -> None:
        if knows_basic(camera, "me:s3cret"):
            send(camera, 302, {"Location": f"http://{elsewhere}/"})

    with http_camera(other) as elsewhere, http_camera(redirect) as address:
        assert 404 == status_of(f"http://me:s3cret@{address}/")
    assert [None] == seen


def test_a_host_that_is_not_there_is_an_error() -> None:
    """Of the system."""
    with http_camera(basic) as address:
        pass
    with pytest.raises(OSError, match="refused"):
        request_stream(f"http://{address}/", 2.0)
