"""Adds the generated pages to the site while MkDocs builds it."""

from collections.abc import Callable
from functools import cache

from api_page import api_page
from command_page import command_page
from figures_page import figures_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from schema_page import schema_page

PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_page,
    "python-api.md": api_page,
    "schemas.md": schema_page,
    "figures.md": figures_page,
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page that no file holds, for each of `PAGES`."""
    for name in PAGES:
        files.append(File.generated(config, name, content=_text(name)))
    return files


@cache
def _text(name: str) -> str:
    """Once a process: `mkdocs serve` builds anew at every change, and these pages take half a minute."""
    return PAGES[name]()
