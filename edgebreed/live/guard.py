"""Who may look at the page."""

import hmac
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgebreed.errors import InputError
from edgebreed.live.policy import content_policy

OPEN_PATH = "/healthz"
ADMITTED = "edgebreed.admitted"
"""Key in a request's scope: whether who asks may know more than whether all is well."""

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,256}")  # stands in an address and in a cookie as it is
_OWN_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
_ASK = (Path(__file__).parent / "token.html").read_text()
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Admission:
    """Who is let in.

    Attributes:
        token: what a viewer must know; None lets everyone in who names this machine by a loopback name.
        cookie: name of the cookie that holds the token; browsers keep one jar for all ports of a host.

    Raises:
        InputError: the token is too short to withstand guessing, or does not fit into an address.
    """

    token: str | None = None
    cookie: str = "edgebreed"

    def __post_init__(self) -> None:
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise InputError("--token must be 16 to 256 of A-Z a-z 0-9 . _ ~ -: leave it out and one is made")


def new_token() -> str:
    """A token that nobody guesses (192 bits)."""
    return secrets.token_urlsafe(24)


class Guard:
    """Stands before an application: refuses strangers, and sets the headers that keep a browser safe.

    On the loopback a foreign `Host` is refused, since a site that points its own name at 127.0.0.1 (DNS
    rebinding) would otherwise read the page through the browser of whoever visits it. With a token that is
    no way in: the site's name has no cookie.
    """

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app, self._admission = app, admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or lets the application do so."""
        request = Request(scope)
        scope[ADMITTED] = self._knows_token(request)
        refusal = self._refusal(request, scope[ADMITTED])
        cookie = self._cookie(request) if scope[ADMITTED] else None

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if cookie:
                    headers.append("set-cookie", cookie)
            await send(message)

        await (refusal or self._app)(scope, receive, sealed)

    def _refusal(self, request: Request, admitted: bool) -> Response | None:
        host = request.headers.get("host", "")
        if self._admission.token is None and not _OWN_HOST.fullmatch(host):
            return _no(421, "this page answers to localhost: to reach it by another name, start with --token")
        if not admitted and request.url.path != OPEN_PATH:
            return _ask(request)
        origin = request.headers.get("origin", "")
        if request.method not in {"GET", "HEAD"} and origin.partition("://")[2] != host:
            return _no(403, f"a request that changes something needs the header Origin: http://{host}")
        return None

    def _knows_token(self, request: Request) -> bool:
        token = self._admission.token
        if token is None:
            return True
        given = (
            request.query_params.get("token"),
            request.cookies.get(self._admission.cookie),
            request.headers.get("authorization", "").removeprefix("Bearer "),
        )
        return any(hmac.compare_digest((text or "").encode(), token.encode()) for text in given)

    def _cookie(self, request: Request) -> str | None:
        token = self._admission.token
        if token is None or "token" not in request.query_params:
            return None
        return f"{self._admission.cookie}={token}; Path=/; HttpOnly; SameSite=Strict"


def _ask(request: Request) -> Response:
    if request.url.path != "/":
        return _no(401, "the token is missing: append ?token=..., or send Authorization: Bearer ...")
    return HTMLResponse(_ASK, 401, {"content-security-policy": content_policy(_ASK)})


def _no(code: int, text: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if code == 401 else None
    return PlainTextResponse(text + "\n", code, headers)
