"""Host and port of the page."""

import socket

import pytest

from edgebreed.errors import InputError
from edgebreed.live.endpoint import Endpoint, listen, parse_endpoint


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback"),
    [
        ("8080", "127.0.0.1", 8080, True),
        (":8080", "127.0.0.1", 8080, True),
        ("0", "127.0.0.1", 0, True),
        ("localhost:80", "localhost", 80, True),
        ("127.3.2.1:80", "127.3.2.1", 80, True),
        ("[::1]:8080", "::1", 8080, True),
        ("0.0.0.0:8080", "0.0.0.0", 8080, False),
        ("[::]:8080", "::", 8080, False),
        ("192.168.1.5:1", "192.168.1.5", 1, False),
        ("camera.local:65535", "camera.local", 65535, False),
    ],
)
def test_endpoints(text: str, host: str, port: int, loopback: bool) -> None:
    """The host is optional, and whether other machines can connect is known."""
    endpoint = parse_endpoint(text)
    assert (host, port, loopback) == (endpoint.host, endpoint.port, endpoint.loopback)


@pytest.mark.parametrize("text", ["", "here", "host:", "::1:8080", "1.2.3.4:65536", "http://a:1", "a:b"])
def test_an_invalid_endpoint_is_refused(text: str) -> None:
    """The message shows it, and a valid one."""
    with pytest.raises(InputError, match=r"no address to serve on: '.*': give HOST:PORT, such as 127"):
        parse_endpoint(text)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """As in URLs."""
    assert "[::1]:80" == str(Endpoint("::1", 80))


def test_port_0_takes_a_free_port() -> None:
    """And returns it."""
    listening, endpoint = listen(Endpoint("127.0.0.1", 0))
    with listening:
        assert listening.getsockname() == ("127.0.0.1", endpoint.port)
        assert endpoint.port > 0


def test_a_client_that_lost_its_power_is_noticed() -> None:
    """The system asks a silent one for a sign of life, and gives up within a minute."""
    listening, endpoint = listen(Endpoint("127.0.0.1", 0))
    with listening, socket.create_connection((endpoint.host, endpoint.port)):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            idle, every, times = (accepted.getsockopt(socket.IPPROTO_TCP, name) for name in names)
            assert idle + every * times <= 60


def test_a_port_in_use_is_named() -> None:
    """With what to do."""
    listening, endpoint = listen(Endpoint("127.0.0.1", 0))
    with (
        listening,
        pytest.raises(InputError, match=rf"{endpoint}: Address already in use: choose another --serve"),
    ):
        listen(endpoint)


def test_an_address_of_another_machine_is_refused() -> None:
    """With the system's reason."""
    with pytest.raises(InputError, match=r"cannot serve on 192.0.2.1:80: Cannot assign requested address"):
        listen(Endpoint("192.0.2.1", 80))


@pytest.mark.parametrize("host", ["\udcff", "a\0b", "ä" * 70, "xn--\u2028", "a" * 64, "a" * 300, "a..b"])
def test_a_host_that_is_no_name_is_refused(host: str) -> None:
    """With one line that quotes it, whatever the system's own complaint is."""
    with pytest.raises(InputError, match="cannot serve on .*:80: .*: choose another --serve"):
        listen(parse_endpoint(f"{host}:80"))
