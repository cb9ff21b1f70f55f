"""Finds the login in an address as it is typed, with a password of any characters."""

import re
from urllib.parse import quote

_HOST = r"(?:\[[0-9A-Fa-f:.]+(?:%\w+)?\]|\w(?:[\w.-]*\w)?\.?)"
_COMPLETE = re.compile(rf"({_HOST})(:\d{{1,5}})?")
_AFTER_AT = re.compile(rf"@(?={_COMPLETE.pattern}(?:[/?#\s\"'<>),;:]|$))")
_CODED = re.compile(r"%[0-9A-Fa-f]{2}")
_LONE = re.compile("[\udc80-\udcff]")  # what Python makes of a byte that is no UTF-8
_KEPT = "!$&'()*+,;=:"  # besides letters, digits and -._~ what RFC 3986 allows in a login


def split_login(address: str, *, at_in_path: bool = True) -> tuple[str, str]:
    """Splits an address behind its `://` into the login and the rest.

    A login ends at the last `@` that a host follows. Where a complete host comes first, as in `nvr/cam@2`, an
    `@` behind it belongs to the path, unless `may_be_login` holds for the first host and the later one is no
    bare word, as in `admin:1234/56@10.0.0.5`. Who means something else writes `@` as `%40`.

    Args:
        address: as it is typed.
        at_in_path: whether a path may hold an `@`; if not, the later host may be a bare word too.

    Returns:
        The login without its `@`, empty if there is none, and what follows.
    """
    first = authority_of(address)
    ends = list(_AFTER_AT.finditer(address))
    if is_host(first) and at_in_path:
        ends = [end for end in ends if is_address(end[1]) or end[2]]
    if not ends or (is_host(first) and not may_be_login(first)):
        return "", address
    return address[: ends[-1].start()], address[ends[-1].end() :]


def authority_of(address: str) -> str:
    """What stands before the first `/`, `?` or `#`."""
    return re.split(r"[/?#]", address, maxsplit=1)[0]


def is_ambiguous(address: str) -> bool:
    """Whether an `@` behind a complete host may end a login or belong to the path."""
    first = authority_of(address)
    return "@" in address and is_host(first)


def may_be_login(authority: str) -> bool:
    """Whether a complete host may be a user, or a user and the first digits of a password.

    No user is called like an IP address or `localhost`; one with a dot in his name has a password.
    """
    if re.match(r"\[|localhost\b|\d+(?:\.\d+){3}(?::|$)", authority):
        return False
    return ":" in authority or not is_address(authority)


def is_host(authority: str) -> bool:
    """Whether a text is a complete host, with or without a port."""
    return _COMPLETE.fullmatch(authority) is not None


def is_address(authority: str) -> bool:
    """Whether a complete host is no bare word, which could be a user's name."""
    return "." in authority.rstrip(".") or authority.startswith(("[", "localhost"))


def code_address(url: str) -> str:
    """The URL as any parser reads it: in its login, what is not allowed in one is percent-coded.

    Percent codes that are there stay as they are; a `%` without two hexadecimal digits becomes `%25`. Behind
    the login only bytes that are no UTF-8 are coded. A login over RTMP stays as it is: FFmpeg does not decode
    it there.
    """
    scheme, _, address = url.partition("://")
    login, rest = split_login(address)
    user, colon, password = login.partition(":")
    if scheme.lower() != "rtmp":
        user, password = _coded(user), _coded(password)
    shown = f"{user}{colon}{password}@" if login else ""
    return f"{scheme}://{shown}{_LONE.sub(lambda byte: f'%{ord(byte[0]) - 0xDC00:02X}', rest)}"


def _coded(text: str) -> str:
    kept, position = [], 0
    for code in _CODED.finditer(text):
        kept += [quote(text[position : code.start()], _KEPT, errors="surrogateescape"), code[0]]
        position = code.end()
    return "".join(kept) + quote(text[position:], _KEPT, errors="surrogateescape")
