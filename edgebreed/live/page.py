"""The live page and what it loads."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edgebreed.live.beat import Beat
from edgebreed.live.guard import ADMITTED
from edgebreed.live.health import health
from edgebreed.live.latest import Latest
from edgebreed.live.messages import history, message
from edgebreed.live.pictures import Pictures
from edgebreed.live.policy import content_policy

PICTURES_PER_S = 10
EVENTS_PER_S = 6
QUIET_EVENTS = EVENTS_PER_S  # an unchanged standing is sent again after so many beats
_PAGE = (Path(__file__).parent / "page.html").read_text()
_BOUNDARY = "edgebreed"


class Page:
    """The routes; every method runs in the page's own thread.

    Args:
        latest: what there is to see.
        registry: what `/metrics` prints.
        closing: whether open streams must end.
    """

    def __init__(self, latest: Latest, registry: CollectorRegistry, closing: Callable[[], bool]) -> None:
        self._latest, self._registry, self._closing = latest, registry, closing
        self._shared = Pictures(longest=960, quality=80)
        self._large = Pictures(longest=1920, quality=92)
        self._picture_beat = Beat(PICTURES_PER_S, self._picture)
        self._event_beat = Beat(EVENTS_PER_S, self._event)

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/stream.mjpg", self.stream),
                Route("/events", self.events),
                Route("/snapshot.jpg", self.snapshot),
                Route("/pause", self.pause, methods=["POST"]),
                Route("/metrics", self.metrics),
                Route("/healthz", self.healthz),
            ]
        )

    async def page(self, _: Request) -> Response:
        """The page itself."""
        return HTMLResponse(_PAGE, headers={"content-security-policy": content_policy(_PAGE)})

    async def stream(self, _: Request) -> Response:
        """Annotated pictures, as `multipart/x-mixed-replace`."""
        return StreamingResponse(self._parts(), media_type=f"multipart/x-mixed-replace; boundary={_BOUNDARY}")

    async def events(self, _: Request) -> Response:
        """A minute of history, then the standing as it changes, as server-sent events."""
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def snapshot(self, _: Request) -> Response:
        """The picture that viewers are shown, as one JPEG."""
        shown = self._latest.view().shown
        if shown is None:
            return PlainTextResponse("no picture yet: ask again\n", 503, {"retry-after": "1"})
        name = f"edgebreed-{shown.number:06d}.jpg"
        headers = {"content-disposition": f'inline; filename="{name}"'}
        return Response(self._large.jpeg(shown), media_type="image/jpeg", headers=headers)

    async def pause(self, request: Request) -> Response:
        """Holds what all viewers are shown (`{"held": true}`), or lets it go; the stream goes on."""
        try:
            held = (await request.json())["held"]
        except (ValueError, KeyError, TypeError):
            held = None
        if not isinstance(held, bool):
            return PlainTextResponse('send {"held": true} or {"held": false}\n', 400)
        self._latest.hold(held)
        return JSONResponse({"held": self._latest.view().held})

    async def metrics(self, _: Request) -> Response:
        """For Prometheus, in its text format."""
        return Response(generate_latest(self._registry), headers={"content-type": CONTENT_TYPE_LATEST})

    async def healthz(self, request: Request) -> Response:
        """200 while answers come, 503 where they do not."""
        told = health(self._latest.view(), with_reason=request.scope[ADMITTED])
        return JSONResponse(told.to_dict(), 200 if told.well else 503)

    async def _parts(self) -> AsyncIterator[bytes]:
        # Chromium shows a part when the next one begins: a picture that stays is sent twice.
        yield f"--{_BOUNDARY}\r\n".encode()
        sent, copies = b"", 0
        while not self._closing():
            jpeg = await self._picture_beat.next()
            copies = copies + 1 if jpeg is sent else 1
            if jpeg is not None and copies <= 2:
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                yield b"".join((head.encode(), jpeg, f"\r\n--{_BOUNDARY}\r\n".encode()))
                sent = jpeg

    async def _events(self) -> AsyncIterator[str]:
        yield f"event: history\ndata: {json.dumps(history(self._latest.history()))}\n\n"
        sent, quiet = None, 0
        while not self._closing():
            standing, text = await self._event_beat.next()
            quiet += 1
            if standing != sent or quiet >= QUIET_EVENTS:
                yield text
                sent, quiet = standing, 0
        yield self._event()[1]

    def _picture(self) -> bytes | None:
        shown = self._latest.view().shown
        return self._shared.jpeg(shown) if shown else None

    def _event(self) -> tuple[object, str]:
        view = self._latest.view()
        number = view.newest.number if view.newest else None
        return (number, view.change, view.held), f"data: {json.dumps(message(view))}\n\n"
