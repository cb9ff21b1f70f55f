"""Bounds the number of streams that are watched at a time."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

STREAMING = "edgebreed.streaming"
"""Key in a request's scope: whether it watches a stream."""
_RETRY_S = 10


class StreamLimitMiddleware:
    """ASGI middleware that refuses to open more streams than a limit; other requests pass.

    It belongs inside of the access control, so that only those who may watch can take a place.

    Args:
        app: the application.
        paths: whose responses are streams.
        limit: streams at a time.
    """

    def __init__(self, app: ASGIApp, paths: frozenset[str], limit: int) -> None:
        self._app, self._paths, self._limit, self._open = app, paths, limit, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a request, or passes it to the application."""
        if scope["path"] not in self._paths:
            await self._app(scope, receive, send)
        elif self._open >= self._limit:
            text = f"{self._limit} streams are being watched, which is the limit: ask again later\n"
            await PlainTextResponse(text, 503, {"retry-after": str(_RETRY_S)})(scope, receive, send)
        else:
            await self._watch(scope, receive, send)

    async def _watch(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._open += 1
        scope[STREAMING] = True
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1
            scope[STREAMING] = False
