"""Finds out why a network stream does not open, which OpenCV does not tell."""

import re
import socket
import ssl
import time
from email.message import Message
from http.client import HTTPException, parse_headers
from io import BytesIO
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request

from edgebreed.edge.stream.http_login import authorization, unsupported_login
from edgebreed.edge.stream.http_stream import lenient_tls, request_stream
from edgebreed.edge.stream.url_login import split_login

TIMEOUT_S = 3.0
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322, "rtmp": 1935}
_MAX_ANSWER = 65536  # bytes
_UNKNOWN = "check the address, the login, and that the camera is reachable"
_SILENT = "it answers, and sends no video that OpenCV's FFmpeg reads: choose another codec in the camera"


def connection_fault(url: str) -> str:
    """Asks a camera once more, and says without address and credentials what is wrong, and what to do.

    Args:
        url: of a network stream, with a percent-coded login.
    """
    scheme = url.partition("://")[0].lower()
    login, rest = split_login(url.partition("://")[2])
    bare = f"{scheme}://{rest}"
    try:
        host, port = urlsplit(bare).hostname, urlsplit(bare).port or _PORTS.get(scheme)
        return _ask(scheme, bare, login, (host, port)) if host and port else _UNKNOWN
    except (OSError, HTTPException, ValueError) as error:
        return _refusal(error, scheme.upper())


def _ask(scheme: str, bare: str, login: str, endpoint: tuple[str, int]) -> str:
    if scheme in ("http", "https"):
        return _http_fault(bare, login)
    if scheme in ("rtsp", "rtsps"):
        status, headers = _describe(bare, login, endpoint)
        return _status_fault(status, bool(login), headers) or _SILENT
    if scheme != "rtmp":  # SRT and UDP have no connection that another program could try
        return _UNKNOWN
    with socket.create_connection(endpoint, TIMEOUT_S):
        return "it answers, and sends no stream: check the path and the login"


def _refusal(error: Exception, protocol: str) -> str:
    """What an error of the connection means."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, socket.gaierror):
        return "no such host is found: check its name and the network"
    if isinstance(cause, ConnectionRefusedError):
        return "the host refuses the connection: check the port, and that the camera streams"
    if isinstance(cause, TimeoutError):
        return f"the host does not answer within {TIMEOUT_S:g} s: check cable, power and network"
    if isinstance(cause, HTTPException | ssl.SSLError | ConnectionError):
        return f"the port does not speak {protocol}: check scheme and port"
    if isinstance(cause, OSError):
        return f"the host is not reachable ({cause.strerror or type(cause).__name__}): check the network"
    return _UNKNOWN


def _status_fault(status: int, has_login: bool, headers: Message) -> str:
    """What a status of HTTP or RTSP means; empty for success."""
    unsupported = unsupported_login(headers.get_all("WWW-Authenticate", []))
    if status == 401 and unsupported:
        return f"the camera asks for a login by {unsupported}, which FFmpeg lacks: choose Digest by MD5 in it"
    if status == 401 and not has_login:
        return "the camera asks for a login: put user:password and an at sign before the host"
    known = {
        401: "the camera refuses the login: check user and password",
        403: "the camera forbids access (403): check the rights of this user and address",
        404: "the camera has no such path (404): check the path",
    }
    return known.get(status, f"the camera answers with status {status}") if status >= 300 else ""


def _http_fault(bare: str, login: str) -> str:
    scheme, _, rest = bare.partition("://")
    answer = request_stream(f"{scheme}://{login}@{rest}" if login else bare, TIMEOUT_S)
    with answer:
        fault = _status_fault(answer.status or 0, bool(login), answer.headers)
        return fault or _content_fault(answer.headers.get_content_type(), answer.read(512))


def _content_fault(content_type: str, begin: bytes) -> str:
    if "html" in content_type or re.match(rb"\s*<(?:!doctype\s+)?html", begin, re.IGNORECASE):
        return "it is a web page, not a video stream: give the path of the stream"
    if re.match(r"video/|image/|multipart/|application/(?:octet|ogg|.*mpegurl)", content_type):
        return _SILENT
    return f"it is {content_type}, not a video stream: give the path of the stream"


def _describe(bare: str, login: str, endpoint: tuple[str, int]) -> tuple[int, Message]:
    """Status and headers of an RTSP DESCRIBE request, with the login if the server asks for one.

    Raises:
        OSError: the server cannot be reached.
        HTTPException: it does not speak RTSP.
    """
    request = Request(bare, method="DESCRIBE")
    request.selector = bare
    status, headers = _describe_once(bare, "", endpoint)
    header = authorization(login, headers.get_all("WWW-Authenticate", []), request) if login else None
    if status == 401 and header:
        return _describe_once(bare, f"Authorization: {header}\r\n", endpoint)
    return status, headers


def _describe_once(bare: str, header: str, endpoint: tuple[str, int]) -> tuple[int, Message]:
    with socket.create_connection(endpoint, TIMEOUT_S) as plain, _encrypted(plain, bare) as connection:
        request = f"DESCRIBE {bare} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n{header}\r\n"
        connection.sendall(request.encode("utf-8", "surrogateescape"))
        answer = _read_head(connection)
    line, _, rest = answer.partition(b"\r\n")
    match = re.match(rb"RTSP/\d\.\d (\d{3})", line)
    if match is None:
        raise HTTPException("no answer in RTSP")
    return int(match[1]), parse_headers(BytesIO(rest))


def _read_head(connection: socket.socket) -> bytes:
    """An answer up to its empty line, of a server that may send it byte by byte, or never end it."""
    answer, deadline = b"", time.monotonic() + TIMEOUT_S
    while b"\r\n\r\n" not in answer and len(answer) < _MAX_ANSWER and time.monotonic() < deadline:
        data = connection.recv(4096)
        if not data:
            break
        answer += data
    return answer


def _encrypted(connection: socket.socket, bare: str) -> socket.socket:
    if not bare.startswith("rtsps:"):
        return connection
    return lenient_tls().wrap_socket(connection)
