"""Logins in addresses as people write them."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgebreed.edge.stream.url_login import code_address, is_host, split_login

HOSTS = st.sampled_from(["cam.local", "10.0.0.5:554", "[fe80::1]:80", "localhost:8554"])
PASSWORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%"), min_size=1)


@pytest.mark.parametrize(
    ("address", "login", "rest"),
    [
        ("cam/live", "", "cam/live"),
        ("u:p@cam/live", "u:p", "cam/live"),
        ("u:p@w@cam/live", "u:p@w", "cam/live"),
        ("user:pa/ss#w?rd@host/stream", "user:pa/ss#w?rd", "host/stream"),
        ("user:p@ss/word@host:554/x?a=1", "user:p@ss/word", "host:554/x?a=1"),
        ('u:p w"d@[::1]:554/x', 'u:p w"d', "[::1]:554/x"),
        ("nvr:8080/cam@2/stream", "", "nvr:8080/cam@2/stream"),
        ("10.0.0.5/mail/ann@example.org", "", "10.0.0.5/mail/ann@example.org"),
        ("admin:1234/56@10.0.0.5/live", "admin:1234/56", "10.0.0.5/live"),
        ("john.doe:2024/56@127.0.0.1:1/x", "john.doe:2024/56", "127.0.0.1:1/x"),
        ("jo.do:1#56@cam.local/x", "jo.do:1#56", "cam.local/x"),
        ("admin:1234?56@nvr:80/x", "admin:1234?56", "nvr:80/x"),
        ("10.0.0.5:554/ann@cam.local", "", "10.0.0.5:554/ann@cam.local"),
        ("cam.local/ann@10.0.0.5", "", "cam.local/ann@10.0.0.5"),
        ("u:p@cam/a@", "u:p", "cam/a@"),
        ("u:@@/x", "", "u:@@/x"),
    ],
)
def test_a_login_ends_at_the_last_at_sign_that_a_host_follows(address: str, login: str, rest: str) -> None:
    """An `@` in a path behind a complete host stays there."""
    assert (login, rest) == split_login(address)


@pytest.mark.parametrize(
    ("url", "coded"),
    [
        ("rtsp://u:pa/ss#w?rd@host/s", "rtsp://u:pa%2Fss%23w%3Frd@host/s"),
        ("http://u:a@b:c d@host/s", "http://u:a%40b:c%20d@host/s"),
        ("rtsp://u:p%40ss@host/s", "rtsp://u:p%40ss@host/s"),
        ("rtsp://u:100%@host/s", "rtsp://u:100%25@host/s"),
        ("rtsp://u:!$&'()*+,;=-._~@host/s", "rtsp://u:!$&'()*+,;=-._~@host/s"),
        ("rtsp://u:caf\u00e9\udce9@host/s", "rtsp://u:caf%C3%A9%E9@host/s"),
        ("rtmp://u:p w@%20d@host/s", "rtmp://u:p w@%20d@host/s"),
        ("rtsp://u@host/a b", "rtsp://u@host/a b"),
        ("rtsp://host/caf\udce9/\u00e9", "rtsp://host/caf%E9/\u00e9"),
        ("rtsp://host/s?x=@", "rtsp://host/s?x=@"),
    ],
)
def test_a_login_is_percent_coded(url: str, coded: str) -> None:
    """Codes that are there stay; an address without a login is unchanged."""
    assert coded == code_address(url)


@given(PASSWORDS, HOSTS)
def test_any_password_reaches_the_host(password: str, host: str) -> None:
    """The standard parser reads user, password and host; whoever codes his password himself, too."""
    for coded in (
        code_address(f"rtsp://admin:{password}@{host}/live?x=1"),
        f"rtsp://admin:{password}@{host}",
    ):
        login, rest = split_login(coded.partition("://")[2])
        assert (f"admin:{password}", host) == (unquote(login), rest.partition("/")[0])
    parts = urlsplit(code_address(f"rtsp://admin:{password}@{host}/live?x=1"))
    assert ("admin", password) == (parts.username, unquote(parts.password or ""))
    assert ("/live", "x=1") == (parts.path, parts.query)


@given(
    st.from_regex(r"[a-z]+(\.[a-z1-9]+)?", fullmatch=True).filter(lambda user: user != "localhost"),
    st.from_regex(r"[0-9]{1,6}[/?#.:][a-z0-9/?#.:]{0,9}", fullmatch=True),
    st.sampled_from(["cam.local", "10.0.0.5:554", "nvr:80"]),
)
def test_a_login_that_looks_like_a_host_is_found(user: str, password: str, host: str) -> None:
    """A user with a dot, and a password that begins like a port."""
    assert (f"{user}:{password}", f"{host}/x") == split_login(f"{user}:{password}@{host}/x")


def test_where_no_path_holds_an_at_sign_a_bare_word_is_a_host() -> None:
    """As for brokers, whose topics hold none as it is; an IP address is no user there either."""
    assert ("a.b:12/34", "h/t") == split_login("a.b:12/34@h/t", at_in_path=False)
    assert "" == split_login("10.0.0.5:12/34@h/t", at_in_path=False)[0]


def test_hosts() -> None:
    """With or without a port."""
    assert all(map(is_host, ["cam", "cam:554", "a.b-c.d.", "[::1]:1", "10.0.0.1"]))
    assert not any(map(is_host, ["", "u:secret", "a b", "cam:555555", "a/b", "-"]))
