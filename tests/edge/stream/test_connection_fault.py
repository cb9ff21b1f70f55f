"""Why a network stream does not open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from edgebreed.edge.stream.connection_fault import connection_fault
from edgebreed.edge.stream.opencv_capture import open_capture
from edgebreed.edge.stream.source_uri import parse_source
from edgebreed.errors import SourceError

from .http_camera import http_camera, knows_basic, send

ASKS = '{} 401 No\r\nWWW-Authenticate: Digest realm="x", nonce="n", algorithm={}\r\nContent-Length: 0\r\n\r\n'
HTML = {"Content-Type": "text/html; charset=utf-8"}


def camera_pages(camera: BaseHTTPRequestHandler) -> None:
    """A path for each way to refuse."""
    path = camera.path[1:]
    if path.isdecimal():
        send(camera, int(path), {"Location": "/404"})
    elif path == "login":
        if knows_basic(camera, "me:s3cret"):
            send(camera, 404, {})
    else:
        bodies = {"page": (HTML, b"<p>"), "hidden": ({}, b"\n<!DOCTYPE html>"), "data": ({}, b"{}")}
        headers, body = bodies[path]
        send(camera, 200, {"Content-Type": "application/json", **headers}, body)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("401", "the camera asks for a login: put user:password"),
        ("login", "the camera asks for a login"),
        ("me:s3wrong@login", "the camera refuses the login: check user and password"),
        ("me:s3cret@login", r"the camera has no such path \(404\)"),
        ("403", r"the camera forbids access \(403\)"),
        ("404", r"the camera has no such path \(404\): check the path"),
        ("302", r"the camera has no such path \(404\)"),
        ("503", "the camera answers with status 503"),
        ("page", "it is a web page, not a video stream: give the path"),
        ("hidden", "it is a web page, not a video stream"),
        ("data", "it is application/json, not a video stream"),
    ],
)
def test_faults_of_http_are_told_apart(path: str, fault: str) -> None:
    """In one line, without the login."""
    login, _, path = path.rpartition("@")
    with http_camera(camera_pages) as address:
        url = f"http://{login}{'@' if login else ''}{address}/{path}"
        with pytest.raises(SourceError, match=f"does not open: {fault}") as caught:
            open_capture(parse_source(url))
    assert "s3" not in str(caught.value)


@contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """An address at which every connection gets the same bytes."""

    def serve() -> None:
        while True:
            try:
                with server.accept()[0] as connection:
                    connection.recv(4096)
                    connection.sendall(answer)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize(
    ("url", "answer", "fault"),
    [
        ("rtsp://{}/x", "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n", "asks for a login"),
        ("rtsp://me:s3cret@{}/x", "RTSP/1.0 401 Unauthorized\r\n\r\n", "refuses the login"),
        ("rtsp://me:s3cret@{}/x", ASKS.format("RTSP/1.0", "SHA-256"), "login by SHA-256, which FFmpeg lacks"),
        ("http://me:s3cret@{}/x", ASKS.format("HTTP/1.0", "SHA-256"), "login by SHA-256, which FFmpeg lacks"),
        ("http://me:s3cret@{}/x", ASKS.format("HTTP/1.0", "MD5"), "refuses the login"),
        ("rtsp://{}/x", "RTSP/1.0 403 Forbidden\r\n\r\n", "forbids access"),
        ("rtsp://{}/x", "RTSP/1.0 404 Not Found\r\n\r\n", "has no such path"),
        ("rtsp://{}/x", "RTSP/1.0 454 Session Not Found\r\n\r\n", "status 454"),
        ("rtsp://{}/x", "RTSP/1.0 200 OK\r\n\r\n", "sends no video that OpenCV's FFmpeg reads"),
        ("rtsp://{}/x", "HTTP/1.0 400 Bad\r\n\r\n", "does not speak RTSP: check scheme and port"),
        ("rtsp://{}/x", "", "does not speak RTSP"),
        ("rtsps://{}/x", "RTSP/1.0 404 Not Found\r\n\r\n", "does not speak RTSPS"),
        ("http://{}/x", "RTSP/1.0 400 Bad\r\n\r\n", "does not speak HTTP"),
        ("https://{}/x", "HTTP/1.0 404 Not Found\r\n\r\n", "does not speak HTTPS"),
        ("rtmp://{}/x", "", "sends no stream: check the path and the login"),
    ],
)
def test_faults_of_other_servers_are_told_apart(url: str, answer: str, fault: str) -> None:
    """By the status of an RTSP request, or by what is no answer."""
    with raw_server(answer.encode()) as address:
        assert fault in connection_fault(url.format(address))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1:9/x", "the host refuses the connection: check the port"),
        ("rtsp://u:s3cret@127.0.0.1:9/x", "the host refuses the connection: check the port"),
        ("http://nosuch.invalid/x", "no such host is found: check its name"),
        ("rtsp://nosuch.invalid/x", "no such host is found: check its name"),
        ("rtsp://cam:99999/x", "check the address"),
        ("rtsp:///x", "check the address"),
        ("srt://127.0.0.1:9?streamid=s3cret", "check the address"),
    ],
)
def test_faults_of_the_network_are_told_apart(url: str, fault: str) -> None:
    """With what to do."""
    assert fault in connection_fault(url)


@pytest.mark.slow
def test_a_host_that_says_nothing_is_told_apart() -> None:
    """After a few seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        fault = connection_fault(f"rtsp://127.0.0.1:{server.getsockname()[1]}/x")
    assert fault == "the host does not answer within 3 s: check cable, power and network"
