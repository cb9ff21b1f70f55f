"""The page of the command line."""

import re

from command_page import command_page, with_whole_sentences


def test_it_has_every_command_with_its_options() -> None:
    """As their help tells them, below one title."""
    page = command_page()
    assert 1 == sum(line.startswith("# ") for line in page.splitlines())
    assert "## `edgebreed predict`" in page
    assert "### `edgebreed bench compare`" in page
    assert "`--allow-fallback`" in page


def test_the_list_of_commands_has_whole_sentences() -> None:
    """Where Typer cuts them off."""
    section = "## `edgebreed train`\n\nFits and measures. And more.\n"
    assert f"* `train`: Fits and measures.\n{section}" == with_whole_sentences(
        f"* `train`: Fits and...\n{section}"
    )
    assert not re.search(r"^\* `.*\.\.\.$", command_page(), re.MULTILINE)
