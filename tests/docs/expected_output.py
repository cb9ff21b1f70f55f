"""Compares what a command printed with what a page shows."""

import re
from difflib import unified_diff

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
_NUMBER = re.compile(r"(?<![A-Za-z_\d])(?!\d+ failed\b)\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
_LINE = re.compile(r"[─━═-]{4,}")
ANY = "..."
"""Alone on a line any lines; inside a line any text."""


def normalized(text: str) -> list[str]:
    """Lines with 0 for each number, and without what depends on the width of a number.

    Digits that belong to a word, as in int8, and how many `failed` stay what they are.
    """
    text = _LINE.sub("----", _NUMBER.sub("0", _ESCAPES.sub("", text)))
    return [" ".join(line.split()) for line in text.strip().splitlines()]


def matches(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed."""
    pattern = "".join(_pattern(line) for line in normalized(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in normalized(printed))) is not None


def difference(shown: str, printed: str) -> str:
    """Both texts, line by line."""
    return "\n".join(unified_diff(shown.splitlines(), printed.splitlines(), "page", "printed", lineterm=""))


def _pattern(line: str) -> str:
    if line == ANY:
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in line.split(ANY)) + r"\n"
