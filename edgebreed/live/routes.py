"""The routes of the live page."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edgebreed.edge.text import to_json
from edgebreed.live.auth import AUTHENTICATED
from edgebreed.live.csp import content_security_policy
from edgebreed.live.shared_output import JpegCache, SharedTicker
from edgebreed.live.stream_state import HistoryPoint, Snapshot, StreamState, check_health
from edgebreed.page_templates import render_page

PICTURES, EVENTS = "/stream.mjpg", "/events"
STREAMS = frozenset({PICTURES, EVENTS})
"""Paths whose responses go on until the stream ends."""
MAX_BODY = 1024  # bytes of a request
PICTURES_PER_S = 10
EVENTS_PER_S = 6
MAX_UNSENT = EVENTS_PER_S  # an unchanged status is sent again after so many ticks, as a sign of life
_BOUNDARY = "edgebreed"


class PageRoutes:
    """The routes of the live page; every method runs in the server's thread.

    Args:
        state: of the stream.
        registry: what `/metrics` prints.
        closing: whether open connections must end.
    """

    def __init__(self, state: StreamState, registry: CollectorRegistry, closing: Callable[[], bool]) -> None:
        self._state, self._registry, self._closing = state, registry, closing
        self._html = render_page("live.html")
        self._stream_jpegs = JpegCache(max_side=960, quality=80)
        self._snapshot_jpegs = JpegCache(max_side=1920, quality=92)
        self._picture_ticker = SharedTicker(PICTURES_PER_S, self._newest_picture)
        self._event_ticker = SharedTicker(EVENTS_PER_S, self._status_event)

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/", self.page),
                Route(PICTURES, self.stream),
                Route(EVENTS, self.events),
                Route("/snapshot.jpg", self.snapshot),
                Route("/pause", self.pause, methods=["POST"]),
                Route("/metrics", self.metrics),
                Route("/healthz", self.healthz),
            ]
        )

    async def page(self, _: Request) -> Response:
        """The HTML page."""
        return HTMLResponse(
            self._html, headers={"content-security-policy": content_security_policy(self._html)}
        )

    async def stream(self, request: Request) -> Response:
        """Annotated pictures, as `multipart/x-mixed-replace`."""
        return _streaming(request, self._parts(), f"multipart/x-mixed-replace; boundary={_BOUNDARY}")

    async def events(self, request: Request) -> Response:
        """Server-sent events: a minute of history, then the status whenever it changes."""
        return _streaming(request, self._events(), "text/event-stream")

    async def snapshot(self, _: Request) -> Response:
        """The picture that viewers see, as one JPEG."""
        shown = self._state.snapshot().shown
        if shown is None:
            return PlainTextResponse("no picture yet: ask again\n", 503, {"retry-after": "1"})
        name = f"edgebreed-{shown.number:06d}.jpg"
        headers = {"content-disposition": f'inline; filename="{name}"'}
        return Response(self._snapshot_jpegs.jpeg(shown), media_type="image/jpeg", headers=headers)

    async def pause(self, request: Request) -> Response:
        """Freezes what all viewers see (`{"paused": true}`), or lets it continue; the stream goes on."""
        try:
            paused = json.loads(await read_body(request))["paused"]
        except (ValueError, KeyError, TypeError, RecursionError):
            paused = None
        if not isinstance(paused, bool):
            return PlainTextResponse('send {"paused": true} or {"paused": false}\n', 400)
        self._state.pause(paused)
        return JSONResponse({"paused": self._state.snapshot().paused})

    async def metrics(self, _: Request) -> Response:
        """The metrics in Prometheus's text format."""
        return Response(generate_latest(self._registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def healthz(self, request: Request) -> Response:
        """200 while results come, else 503."""
        health = check_health(self._state.snapshot(), with_details=request.scope[AUTHENTICATED])
        code = 200 if health.healthy else 503
        return Response(to_json(health.to_dict()), code, media_type="application/json")

    async def _parts(self) -> AsyncIterator[bytes]:
        # Chromium shows a part only when the next one begins, so the last picture is sent twice.
        yield f"--{_BOUNDARY}\r\n".encode()
        sent, copies = b"", 0
        while not self._closing():
            jpeg = await self._picture_ticker.next()
            copies = copies + 1 if jpeg is sent else 1
            if jpeg is not None and copies <= 2:
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                yield b"".join((head.encode(), jpeg, f"\r\n--{_BOUNDARY}\r\n".encode()))
                sent = jpeg

    async def _events(self) -> AsyncIterator[str]:
        yield f"event: history\ndata: {to_json(history_rows(self._state.history()))}\n\n"
        sent, unsent = None, 0
        while not self._closing():
            version, text = await self._event_ticker.next()
            unsent += 1
            if version != sent or unsent >= MAX_UNSENT:
                yield text
                sent, unsent = version, 0
        yield self._status_event()[1]

    def _newest_picture(self) -> bytes | None:
        shown = self._state.snapshot().shown
        return self._stream_jpegs.jpeg(shown) if shown else None

    def _status_event(self) -> tuple[object, str]:
        """A value that differs whenever the status has changed, and the text of the event."""
        snapshot = self._state.snapshot()
        number = snapshot.newest.number if snapshot.newest else None
        version = (number, snapshot.change, snapshot.paused)
        return version, f"data: {to_json(status(snapshot))}\n\n"


def _streaming(
    request: Request, parts: AsyncIterator[bytes] | AsyncIterator[str], media_type: str
) -> Response:
    """The parts as they come; a HEAD request, which gets none, ends at once."""
    if request.method == "HEAD":
        return Response(media_type=media_type)
    return StreamingResponse(parts, media_type=media_type)


async def read_body(request: Request) -> bytes:
    """The body of a request, however its length is told.

    Raises:
        HTTPException: it is longer than 1 kB.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"the body is longer than {MAX_BODY} bytes: send less\n")
    return bytes(body)


def status(snapshot: Snapshot) -> dict[str, Any]:
    """What `/events` sends, as plain JSON types.

    `state` and `result` are the events that the events file and MQTT get as well. `counts` are those of the
    newest event, also while the page is paused at an older result, and go on while the source is lost.
    """
    return {
        "state": snapshot.change.to_dict(),
        "result": snapshot.shown and snapshot.shown.to_dict(),
        "counts": snapshot.counts.to_dict(),
        "paused": snapshot.paused,
        "fps": round(snapshot.fps, 2),
        "since_result_s": round(snapshot.since_result_s, 2),
        "outage_s": round(snapshot.outage_s, 2),
    }


def history_rows(points: list[HistoryPoint]) -> list[list[float]]:
    """Rows of s before now, frame latency in ms and pipeline time in ms."""
    return [[round(value, 2) for value in point] for point in points]
