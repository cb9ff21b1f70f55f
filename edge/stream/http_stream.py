"""Requests a stream over HTTP as FFmpeg does, to read what it cannot, or to find out why it does not open."""

import ssl
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPSHandler, Request, build_opener

from edgebreed.edge.stream.http_login import authorization
from edgebreed.edge.stream.url_login import split_login

_RESERVED = "%:/?#[]@!$&'()*+,;="


def request_stream(url: str, timeout_s: float) -> HTTPResponse | HTTPError:
    """Sends a GET request, with the login of the URL if the server asks for one, and follows redirects.

    Args:
        url: `http://` or `https://`, with a percent-coded login.
        timeout_s: longest wait for the connection, and for each part of the answer, in s.

    Returns:
        The answer, whatever its status; to be closed.

    Raises:
        OSError: the server cannot be reached, or does not answer in time.
        HTTPException: it does not speak HTTP.
        ValueError: the address is no valid one.
    """
    scheme, _, address = url.partition("://")
    login, rest = split_login(address)
    request = Request(f"{scheme}://{quote(rest.partition('#')[0], _RESERVED)}")
    answer = _get(request, timeout_s)
    if answer.status != 401 or not login:
        return answer
    header = authorization(login, answer.headers.get_all("WWW-Authenticate", []), request)
    if header is None:
        return answer
    answer.close()
    request.add_unredirected_header("Authorization", header)  # another host must not get it
    return _get(request, timeout_s)


def lenient_tls() -> ssl.SSLContext:
    """TLS without a check of certificates, as FFmpeg does it: cameras sign theirs themselves."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _get(request: Request, timeout_s: float) -> HTTPResponse | HTTPError:
    opener = build_opener(HTTPSHandler(context=lenient_tls()))
    try:
        answer: HTTPResponse = opener.open(request, timeout=timeout_s)
    except HTTPError as error:
        return error
    return answer
