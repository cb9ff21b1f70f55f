"""The page of the command line."""

from command_page import command_page


def test_it_has_every_command_with_its_options() -> None:
    """As their help tells them, below one title."""
    page = command_page()
    assert 1 == sum(line.startswith("# ") for line in page.splitlines())
    assert "## `edgebreed predict`" in page
    assert "### `edgebreed bench compare`" in page
    assert "`--allow-fallback`" in page
