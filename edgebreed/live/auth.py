"""Access control of the live page: a token, the `Host` and `Origin` headers, and security headers."""

import hmac
import re
import secrets
from dataclasses import dataclass
from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgebreed.errors import InputError
from edgebreed.live.csp import content_security_policy
from edgebreed.page_templates import render_page

PUBLIC_PATH = "/healthz"
AUTHENTICATED = "edgebreed.authenticated"
"""Key in a request's scope: whether the client has the token, or none is needed."""

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,256}")  # needs no escaping in a URL or a cookie
_LOOPBACK_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?", re.IGNORECASE)
# Not strict-transport-security: it would bind all ports of a host, which may serve other things over HTTP,
# and make a browser's warning of a self-signed certificate final.
_SECURITY_HEADERS = {
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
class AccessPolicy:
    """Who may see the page.

    Attributes:
        token: what a client must send; None admits everyone who addresses this machine by a loopback name.
        cookie: name of the cookie that holds the token; browsers share cookies between all ports of a host.

    Raises:
        InputError: the token is too short to withstand guessing, or needs escaping in a URL.
    """

    token: str | None = None
    cookie: str = "edgebreed"

    def __post_init__(self) -> None:
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise InputError(
                "--token must be 16 to 256 of A-Z a-z 0-9 . _ ~ -: leave it out and one is generated"
            )


def new_token() -> str:
    """A random token of 192 bits."""
    return secrets.token_urlsafe(24)


class AuthMiddleware:
    """ASGI middleware that refuses clients without access, and adds security headers to every response.

    Without a token a foreign `Host` is refused: a website that points its own name at 127.0.0.1 (DNS
    rebinding) could otherwise read the page through a visitor's browser. With a token that attack fails
    anyway, because the browser has no cookie for the website's name.
    """

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a request, or passes it to the application."""
        request = Request(scope)
        scope[AUTHENTICATED] = self._is_authenticated(request)
        refusal = self._refusal(request, scope[AUTHENTICATED])
        cookie = self._new_cookie(request) if scope[AUTHENTICATED] else None

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if cookie:
                    headers.append("set-cookie", cookie)
            await send(message)

        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, request: Request, authenticated: bool) -> Response | None:
        host = request.headers.get("host", "")
        if self._policy.token is None and not _LOOPBACK_HOST.fullmatch(host):
            return _refuse(
                421, "this page is served to localhost only: start with --token to use another name"
            )
        if not authenticated and request.scope["path"] != PUBLIC_PATH:
            return _request_token(request)
        own = f"{request.scope['scheme']}://{host}"
        # A reverse proxy may speak HTTPS with the client and HTTP with this server.
        allowed = {own, f"https://{host}"}
        if request.method not in {"GET", "HEAD"} and request.headers.get("origin") not in allowed:
            return _refuse(403, f"a request that changes something needs the header Origin: {own}")
        return None

    def _is_authenticated(self, request: Request) -> bool:
        token = self._policy.token
        if token is None:
            return True
        given = (
            request.query_params.get("token"),
            request.cookies.get(self._policy.cookie),
            _bearer_token(request.headers.get("authorization", "")),
        )
        return any(hmac.compare_digest((text or "").encode(), token.encode()) for text in given)

    def _new_cookie(self, request: Request) -> str | None:
        token = self._policy.token
        if token is None or "token" not in request.query_params:
            return None
        secure = "; Secure" if request.scope["scheme"] == "https" else ""
        return f"{self._policy.cookie}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _bearer_token(authorization: str) -> str:
    """The token of an `Authorization` header; empty for another scheme. Case does not matter in its name."""
    scheme, _, token = authorization.partition(" ")
    return token.strip(" ") if scheme.lower() == "bearer" else ""


def _request_token(request: Request) -> Response:
    if request.scope["path"] != "/":
        return _refuse(401, "the token is missing: append ?token=..., or send Authorization: Bearer ...")
    form = _token_form()
    return HTMLResponse(form, 401, {"content-security-policy": content_security_policy(form)})


@cache
def _token_form() -> str:
    return render_page("token.html")


def _refuse(code: int, text: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if code == 401 else None
    return PlainTextResponse(text + "\n", code, headers)
