"""How the page looks."""

from edgebreed.benchmarks.report.style import STYLE


def test_it_has_a_night_side_and_balanced_braces() -> None:
    """A lost brace would silently drop every rule behind it."""
    assert "prefers-color-scheme: dark" in STYLE
    assert STYLE.count("{") == STYLE.count("}")
