"""The HTML pages that edgebreed writes and serves: the templates in `pages/`, filled with values.

They share one look. Each page is one file: style, script and pictures are inside it.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgebreed.edge.accuracy import percent
from edgebreed.edge.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

PAGES = Path(__file__).parent / "pages"


def render_page(name: str, **values: Any) -> str:
    """A page as HTML.

    Text is escaped, also where it holds control characters or bytes that are no UTF-8; markup that was made
    here, such as a chart, is passed through the template's filter `safe`.

    Args:
        name: of the template, such as `run_report.html`.
        **values: what the template shows.
    """
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> "Environment":
    # only commands that make a page need it
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,  # a value that is missing is a fault, not an empty place
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment


def _shown(value: Any) -> Any:
    """Plain text without characters that cannot be seen; markup as it is."""
    return printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
