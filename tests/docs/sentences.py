"""The commands inside the sentences of a page."""

import re

from .shown_commands import check_commands

_BLOCK = re.compile(r"^ {0,3}(`{3,})[^`\n]*\n.*?^ {0,3}\1`*[ ]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`((?:[^`\n]|\n(?!\s*\n))+)`(?!`)")
_CALL = re.compile(r"(?<![^\s/])edgebreed\s")


def check_sentences(page: str, text: str) -> None:
    """Refuses a command inside a sentence that does not exist.

    Raises:
        PageError: there is one.
    """
    text = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    for span in _SPAN.finditer(text):
        if _CALL.search(span[1]):
            line = text.count("\n", 0, span.start()) + 1
            check_commands(f"{page}:{line}", [" ".join(span[1].split())])
