"""HTTP requests and TLS handshakes that are damaged at random, by number."""

import ssl
from contextlib import suppress

import numpy as np

TOKEN = "a-token-of-32-characters-or-more"
PATHS = ("/", "/events", "/stream.mjpg", "/snapshot.jpg", "/pause", "/metrics", "/healthz", "/gone", "*", "")
METHODS = ("GET",) * 9 + ("HEAD", "POST", "POST", "POST", "OPTIONS", "CONNECT", "TRACE", "PUT", "get", "")
VERSIONS = ("HTTP/1.1",) * 20 + ("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "")
LINES = (
    "Host: localhost",
    "Host: camera.example",
    "Host: x/healthz?",
    "Host: [::1",
    "Host: ",
    f"Authorization: Bearer {TOKEN}",
    "Authorization: Bearer \xff\xfe",
    f"Cookie: edgebreed_1={TOKEN}; a=\x7f; =;;=",
    "Origin: http://localhost",
    "Origin: null",
    "Content-Length: 16",
    "Content-Length: 99999999999999999999",
    "Content-Length: -1",
    "Content-Length: 16, 16",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Expect: 100-continue",
    "Connection: upgrade",
    "Connection: close",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "X-Forwarded-Proto: \xe9://",
    "X-Forwarded-For: , ,[::1%eth0]:1",
    "Range: bytes=0-0,-1",
    "X: " + "y" * 9000,
    " folded: line",
)
BODIES = (
    *(b"",) * 9,
    b'{"paused": true}',
    b'{"paused": 1e999}',
    b"[" * 900,
    b"\xff" * 3000,
    b'10\r\n{"paused": true}\r\n0\r\n\r\n',
    b"fffffffffffffffff\r\nx\r\n",
    b'5;ext="\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
)
QUERIES = ("", "", f"?token={TOKEN}", "?token=", "?token=%ff%00", "?" + "&=" * 800, "?token[]=1#fragment")
VALUES = np.array([0, 9, 10, 13, 32, 37, 58, 0x7F, 0x80, 0xFF])


def whole(rng: np.random.Generator) -> bytes:
    """A request of parts that are each known to parsers, if not in this order."""
    target = str(rng.choice(PATHS)) + str(rng.choice(QUERIES))
    request_line = f"{rng.choice(METHODS)} {target} {rng.choice(VERSIONS)}"
    lines = ["Host: localhost"] * int(rng.random() < 0.95)
    lines += [f"Authorization: Bearer {TOKEN}"] * int(rng.random() < 0.7)
    lines += [str(line) for line in rng.choice(LINES, int(rng.integers(0, 3)))]
    head = "\r\n".join([request_line, *lines, "", ""]).encode("latin-1")
    return head + BODIES[int(rng.integers(len(BODIES)))]


def mutant(number: int) -> bytes:
    """The bytes of a number: one to three requests, of which half are damaged."""
    rng = np.random.default_rng(number)
    data = b"".join(whole(rng) for _ in range(int(rng.integers(1, 4))))
    return damaged(data, rng) if rng.integers(2) else data


def hello_mutant(number: int) -> bytes:
    """What a TLS client sends first, damaged, and then perhaps a request without TLS."""
    rng = np.random.default_rng(number)
    sent = ssl.MemoryBIO()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(
        ssl.MemoryBIO(), sent, server_hostname="localhost"
    )
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return damaged(sent.read(), rng) + whole(rng) * int(rng.integers(2))


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """The same with one to eight of its bytes or pieces changed, removed, added or repeated."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        at = int(rng.integers(len(changed)))
        value = int(rng.choice(VALUES) if rng.integers(2) else rng.integers(256))
        kind = int(rng.integers(4))
        if kind == 0:
            del changed[at : at + int(rng.integers(1, 40))]
        elif kind == 1:
            changed.insert(at, value)
        elif kind == 2:
            changed[at:at] = changed[at : at + int(rng.integers(1, 200))]
        else:
            changed[at] = value
        changed = changed or bytearray(b"\n")
    return bytes(changed)
