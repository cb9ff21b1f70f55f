"""The templates of the pages."""

import html
import re

import pytest
from jinja2 import UndefinedError

from edgebreed.page_templates import PAGES, render_page

from .conftest import fresh_python

ROWS = [{"name": "blur", "share": 0.5, "interval": (0.25, 0.75), "text": "50.0% of 4"}]


@pytest.mark.parametrize("name", ["<b>", "two\nlines\x1b", "b\udcff", "{{ 7 * 7 }}", '"&'])
def test_text_is_escaped(name: str) -> None:
    """Markup, control characters, bytes that are no UTF-8 and what looks like a template."""
    shown = render_page("corruptions.html", rows=[{**ROWS[0], "name": name}], n=4, source="", title="Top-1")
    expected = name.encode("unicode_escape").decode() if not name.isprintable() else name
    assert f"<th>{html.escape(expected).replace('&quot;', '&#34;')}</th>" in shown


def test_a_missing_value_is_a_fault() -> None:
    """A page must not have an empty place where a number belongs."""
    with pytest.raises(UndefinedError, match="rows"):
        render_page("corruptions.html", n=4, source="", title="Top-1")


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_no_page_loads_anything(path: object) -> None:
    """No address but the name of SVG's namespace, no import, no font."""
    text = (PAGES / str(path)).read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//www|@import|url\(|<link (?!rel=\"icon\")", text)


@pytest.mark.parametrize("name", ["live.html", "token.html"])
def test_the_style_has_a_dark_theme_and_balanced_braces(name: str) -> None:
    """A missing brace would silently drop every rule after it."""
    style = render_page(name).partition("<style>")[2].partition("</style>")[0]
    assert "prefers-color-scheme: dark" in style
    assert style.count("{") == style.count("}") > 20


def test_the_command_line_starts_without_the_templates_engine() -> None:
    """Only commands that make a page load it."""
    loaded = fresh_python(
        "import sys, edgebreed.cli, edgebreed.page_templates; print('jinja2' in sys.modules)"
    )
    assert "False" == loaded.strip()
