"""The names in a page, in blocks and in sentences, of what edgebreed has."""

import re
from collections.abc import Iterator
from importlib.metadata import metadata
from importlib.util import find_spec
from pathlib import Path

from ..conftest import ROOT
from .page_blocks import PageError

_EXTRAS = re.compile(r"(?:edgebreed|[\s\"']\.)\[([\w,-]+)\]")
_EXAMPLE = re.compile(r"(?<![\w-])examples/[\w./-]*\w")
_MODULE = re.compile(r"-m (edgebreed[\w.]*\w)")
_PROGRAM = re.compile(r"python3? (?:-m (edgebreed\.[\w.]+)|(examples/[\w/]+\.py))([^`|]*)")
_TARGET = re.compile(r"(?:^|`)make ([a-z][a-z-]*)(?=[` ]|$)")
_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def check_names(page: str, text: str) -> None:
    """Refuses an extra, an example, a module or its option, or a target of make that does not exist.

    Raises:
        PageError: there is one.
    """
    for number, line in enumerate(text.splitlines(), 1):
        for missing in _missing(line):
            raise PageError(f"{page}:{number}: no {missing} in `{line.strip()}`")


def _missing(line: str) -> Iterator[str]:
    extras = {extra for found in _EXTRAS.findall(line) for extra in found.split(",")}
    for extra in extras - {*(metadata("edgebreed").get_all("Provides-Extra") or ())}:
        yield f"extra {extra}"
    yield from (path for path in _EXAMPLE.findall(line) if not (ROOT / path).exists())
    yield from (f"target {target}" for target in _TARGET.findall(line) if target not in _TARGETS)
    for module in _MODULE.findall(line):
        if not module.endswith("NAME") and not find_spec(module):
            yield f"module {module}"
    for module, example, arguments in _PROGRAM.findall(line):
        source = ROOT / "edgebreed" / "/".join(module.split(".")[1:]) if module else ROOT / example
        yield from (f"option {option}" for option in unknown_options(source.with_suffix(".py"), arguments))


def unknown_options(source: Path, arguments: str) -> list[str]:
    """The options among arguments of a program that its source does not have.

    An option stands there as a text, or as the argument of a function that typer makes an option of.
    """
    program = source.read_text() if source.is_file() else ""
    named = re.findall(r"--([a-z][a-z-]*)", arguments.split("#", maxsplit=1)[0])
    return [
        f"--{name}"
        for name in named
        if program and not re.search(rf'"--{name}"|\b{name.replace("-", "_")}:', program)
    ]
