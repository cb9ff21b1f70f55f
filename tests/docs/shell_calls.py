"""The calls of `edgebreed` in a line of shell."""

import re
import shlex
from collections.abc import Iterator

_PUNCTUATION = set("();<>|&")
_KEYWORDS = {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "nohup"}
_RUNNERS = {"sudo", "env", "xargs", "ssh", "nice", "timeout", "watch", "bash", "sh"}
"""Programs that run what their arguments say, after options of their own."""


def edgebreed_calls(line: str) -> Iterator[list[str]]:
    """The arguments of each call of `edgebreed` that has some, in a line of shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    call: list[str] = []
    for token in (*lexer, ";"):
        if _PUNCTUATION.issuperset(token):
            yield from _calls_in(call)
            call = []
        else:
            call.append(token)


def _calls_in(call: list[str]) -> Iterator[list[str]]:
    while call and (call[0] in _KEYWORDS or re.match(r"\w+=", call[0])):
        call = call[1:]
    runs = bool(call) and call[0] in _RUNNERS
    for token in call:
        if " " in token and (runs or "$(" in token):
            yield from edgebreed_calls(token)
    for start in range(len(call) if runs else 1):
        arguments = _arguments(call[start:])
        if arguments:
            yield arguments
            return


def _arguments(call: list[str]) -> list[str]:
    """The arguments where a call is one of `edgebreed`, also as `python -m edgebreed`."""
    if call[1:3] == ["-m", "edgebreed"]:
        return call[3:]
    if not call or call[0].rsplit("/", 1)[-1] != "edgebreed":
        return []
    return _arguments(call[1:]) or call[1:]  # as in `sudo -u edgebreed edgebreed`
