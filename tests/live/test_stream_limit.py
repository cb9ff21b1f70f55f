"""How many streams are watched at a time."""

import socket
import time
from contextlib import ExitStack

from edgebreed.live.connections import connection_limit

from .mosquitto import wait_for
from .test_auth import TOKEN
from .web import ask, next_event, serving, watching

LIMIT = connection_limit() // 4


def test_streams_beyond_the_limit_are_told_to_come_back() -> None:
    """Everything else is answered, and a place that becomes free is given away."""
    with serving() as page, ExitStack() as viewers:
        for _ in range(LIMIT - 1):
            viewers.enter_context(watching(page, "/events"))
        with watching(page, "/events"):
            refused = ask(page, "/stream.mjpg")
            assert (503, "10") == (refused.code, refused.headers["retry-after"])
            assert f"{LIMIT} streams are being watched" in refused.text
            assert [200, 200, 404] == [ask(page, path).code for path in ("/", "/healthz", "/gone")]
        wait_for(lambda: 200 == ask(page, "/stream.mjpg", "HEAD").code)


def test_without_the_token_no_stream_is_taken() -> None:
    """However many ask."""
    with serving(token=TOKEN) as page:
        codes = {ask(page, "/events").code for _ in range(LIMIT + 1)}
        assert {401} == codes
        with watching(page, "/events", Authorization=f"Bearer {TOKEN}") as stream:
            assert "history" == next_event(stream)[0]


def test_a_head_request_takes_no_stream() -> None:
    """It is answered at once, with the header of the stream and nothing else."""
    with serving() as page:
        replies = [ask(page, "/stream.mjpg", "HEAD") for _ in range(LIMIT + 1)]
        assert {200} == {reply.code for reply in replies}
        assert "multipart/x-mixed-replace; boundary=edgebreed" == replies[0].headers["content-type"]


def test_viewers_stay_while_strangers_come() -> None:
    """Three hundred connections push no viewer out."""
    with serving() as page, watching(page, "/events") as stream, ExitStack() as strangers:
        next_event(stream)
        for _ in range(300):
            strangers.enter_context(socket.create_connection(("127.0.0.1", page.endpoint.port)))
        start = time.monotonic()
        while time.monotonic() - start < 1:
            assert "starting" == next_event(stream)[1]["state"]["state"]
