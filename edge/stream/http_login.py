"""Answers a server that asks for a login: HTTP's Basic and Digest, which RTSP uses too (RFC 7617, 2617)."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import unquote
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)


def authorization(login: str, challenges: Iterable[str], request: Request) -> str | None:
    """The `Authorization` header for the first challenge that can be answered; None if there is none.

    Args:
        login: `user:password`, percent-coded.
        challenges: the server's `WWW-Authenticate` headers.
        request: what was refused; its `selector` is what the request line names.
    """
    user, _, password = (unquote(part) for part in login.partition(":"))
    for challenge in challenges:
        scheme, _, fields = challenge.partition(" ")
        if scheme.lower() == "basic":
            return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        answer = _digest(user, password, fields, request) if scheme.lower() == "digest" else None
        if answer:
            return f"Digest {answer}"
    return None


def unsupported_login(challenges: Iterable[str]) -> str:
    """What a camera asks for if FFmpeg has no answer to any of its challenges; empty if it has one."""
    unsupported = ""
    for challenge in challenges:
        scheme, _, fields = challenge.partition(" ")
        found = re.search(r"\balgorithm\s*=\s*\"?([\w-]{1,20})", fields, re.IGNORECASE | re.ASCII)
        algorithm = found[1].upper() if found else "MD5"
        if scheme.lower() == "basic" or (scheme.lower() == "digest" and algorithm.startswith("MD5")):
            return ""
        if not unsupported and re.fullmatch(r"[A-Za-z-]{1,20}", scheme):
            unsupported = algorithm if scheme.lower() == "digest" else scheme
    return unsupported


def _digest(user: str, password: str, fields: str, request: Request) -> str | None:
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, request.full_url, user, password)
    try:
        challenge = parse_keqv_list(parse_http_list(fields))
        return AbstractDigestAuthHandler(passwords).get_authorization(request, challenge)
    except (
        ValueError,
        IndexError,
        OSError,
    ):  # another algorithm than MD5, which FFmpeg lacks too, or no valid header
        return None
