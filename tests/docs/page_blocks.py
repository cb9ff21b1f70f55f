"""The fenced blocks of a page, with what the comments above them say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

LANGUAGES = {"console", "sh", "python", "json", "yaml", "toml", "text"}
_FENCE = re.compile(r"^ {0,3}(`{3,})(\w*)[^`]*$")
_REFUSED = {
    "a fence of tildes": re.compile(r".*~~~"),
    "a fence that is indented too far, or stands behind other text": re.compile(r".*```"),
    "<pre>": re.compile(r".*<pre\b", re.IGNORECASE),
}
_INDENTED = re.compile(r" {0,3}\t|    ")
_NEEDS = re.compile(r"<!-- needs: (.+?) -->")
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->")
_EXITS = re.compile(r"<!-- exits (\d+(?: or \d+)*) -->")


class PageError(AssertionError):
    """A page shows what is not so; the message names the page and the line."""


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        place: page and line, as `docs/export.md:12`.
        language: one of `LANGUAGES`.
        text: its lines, without the fence.
        not_run: why it cannot run on every machine; empty where it runs.
        exits: exit codes that its last command may have.
    """

    place: str
    language: str
    text: str
    not_run: str = ""
    exits: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Page:
    """A page of the documentation.

    Attributes:
        name: path below the checkout.
        needs: prepared folders that its commands use.
        blocks: in order.
    """

    name: str
    needs: tuple[str, ...]
    blocks: tuple[Block, ...]


def read_page(name: str, text: str) -> Page:
    """Parses a page.

    Raises:
        PageError: a block without an end, or of a language that no rule is made for.
    """
    needs = [one.strip() for found in _NEEDS.findall(text) for one in found.split(",")]
    return Page(name, tuple(needs), tuple(_blocks(name, text.splitlines())))


def load_page(path: Path, root: Path) -> Page:
    """Reads a page from a file; its name is its path below `root`."""
    return read_page(path.relative_to(root).as_posix(), path.read_text())


def _blocks(name: str, lines: list[str]) -> Iterator[Block]:
    number = 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if fence:
            place, end = f"{name}:{number + 1}", _end_of(lines, number, fence[1], name)
            if fence[2] not in LANGUAGES:
                allowed = ", ".join(sorted(LANGUAGES))
                raise PageError(f"{place}: a block of {fence[2] or 'no language'}: {allowed} are allowed")
            above = _comments_above(lines, number)
            text = dedent("\n".join(lines[number + 1 : end])) + "\n"
            exits = tuple(map(int, (_found(_EXITS, above) or "0").split(" or ")))
            yield Block(place, fence[2], text, _found(_NOT_RUN, above), exits)
            number = end
        else:
            _refuse_other_code(f"{name}:{number + 1}", lines[number], "".join(lines[number - 1 : number]))
        number += 1


def _end_of(lines: list[str], start: int, fence: str, name: str) -> int:
    closing = re.compile(rf" {{0,3}}{fence}`*\s*")
    for number in range(start + 1, len(lines)):
        if closing.fullmatch(lines[number]):
            return number
    raise PageError(f"{name}:{start + 1}: a block without an end")


def _refuse_other_code(place: str, line: str, above: str) -> None:
    """Refuses code in a form that is not read, as nothing would check it."""
    for form, pattern in _REFUSED.items():
        if pattern.match(line):
            raise PageError(f"{place}: {form}: write a block between lines of ``` at the margin")
    if line.strip() and not above.strip() and _INDENTED.match(line):
        raise PageError(f"{place}: an indented block: write it between lines of ``` at the margin")


def _comments_above(lines: list[str], number: int) -> str:
    """The lines of comments directly above a line; one empty line may stand between."""
    start = number - 1 if number and not lines[number - 1].strip() else number
    first = start
    while first and lines[first - 1].strip().startswith("<!--"):
        first -= 1
    return "\n".join(lines[first:start])


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
