"""Text of users: files as editors save them, and names of any characters as a terminal shows them."""

import codecs
import json
import re
from pathlib import Path
from typing import Any

from edgebreed.errors import InputError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JOINERS = "\u200c\u200d"  # invisible, and part of words in many scripts and of emoji


_ESCAPES = re.compile(r"\\\\|\\ud[89ab]..\\ud[c-f]..|\\(?=ud[89a-f])")
"""Of JSON: a backslash, a character of two parts, and the begin of a part alone."""


def read_text(path: Path, name: str) -> str:
    """A text file as editors save it: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Bytes that are no UTF-8, as a file name may hold them, become what Python makes of such names.

    Args:
        path: the file.
        name: what to call it in an error.

    Raises:
        InputError: the file cannot be read, or is no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    try:
        text = data.decode("utf-16") if data.startswith(_UTF16) else data.decode("utf-8", "surrogateescape")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is no text: save it as UTF-8") from error
    if "\0" in text:
        raise InputError(f"{name} is no text: save it as UTF-8")
    return text.removeprefix("\ufeff")


def printable(text: str) -> str:
    """The text with what would break a line, steer a terminal or be no character at all as an escape."""
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else letter.encode("unicode_escape").decode()
        for letter in text
    )


def to_json(data: Any, indent: int | None = None) -> str:
    r"""JSON in ASCII that every reader takes, for names of files may hold bytes that are no UTF-8.

    JSON has no escape for such a byte, and strict readers refuse the one that Python writes: it becomes the
    text that is printed too, `caf\udce9.png` for `caf\xe9.png`.
    """
    text = json.dumps(data, indent=indent, allow_nan=False)
    return _ESCAPES.sub(lambda match: r"\\" if match[0] == "\\" else match[0], text)
