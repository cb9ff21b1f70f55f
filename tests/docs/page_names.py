"""The names in a page, in blocks and in sentences, of what edgebreed has."""

import re
from collections.abc import Iterator
from importlib.metadata import metadata
from importlib.util import find_spec

from ..conftest import ROOT
from .page_blocks import PageError

_EXTRAS = re.compile(r"(?:edgebreed|[\s\"']\.)\[([\w,-]+)\]")
_EXAMPLE = re.compile(r"(?<![\w-])examples/[\w./-]*\w")
_MODULE = re.compile(r"-m (edgebreed[\w.]*\w)")


def check_names(page: str, text: str) -> None:
    """Refuses an extra, an example or a module that does not exist.

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
    for module in _MODULE.findall(line):
        if not module.endswith("NAME") and not find_spec(module):
            yield f"module {module}"
