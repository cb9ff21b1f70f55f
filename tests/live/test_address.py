"""Where the page listens."""

import pytest

from edgebreed.errors import InputError
from edgebreed.live.address import Address, listen, parse_address


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
def test_addresses(text: str, host: str, port: int, loopback: bool) -> None:
    """A host is optional, and whether others can connect is known."""
    address = parse_address(text)
    assert (host, port, loopback) == (address.host, address.port, address.loopback)


@pytest.mark.parametrize("text", ["", "here", "host:", "::1:8080", "1.2.3.4:65536", "http://a:1", "a:b"])
def test_what_is_no_address(text: str) -> None:
    """The message shows it, and what would be one."""
    with pytest.raises(InputError, match=r"no address to serve on: '.*': give HOST:PORT, such as 127"):
        parse_address(text)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """As addresses are."""
    assert "[::1]:80" == str(Address("::1", 80))


def test_a_free_port_is_told() -> None:
    """Port 0 becomes the one that was given."""
    listening, address = listen(Address("127.0.0.1", 0))
    with listening:
        assert listening.getsockname() == ("127.0.0.1", address.port)
        assert address.port > 0


def test_a_taken_port() -> None:
    """It is named, with what to do."""
    listening, address = listen(Address("127.0.0.1", 0))
    with (
        listening,
        pytest.raises(InputError, match=rf"{address}: Address already in use: choose another --serve"),
    ):
        listen(address)


def test_a_host_that_is_not_ours() -> None:
    """The system's word for it."""
    with pytest.raises(InputError, match=r"cannot serve on 192.0.2.1:80: Cannot assign requested address"):
        listen(Address("192.0.2.1", 80))
