"""Pages that the build adds."""

import pytest

from ..conftest import ROOT

mkdocs_hooks = pytest.importorskip("mkdocs_hooks", reason="MkDocs is not installed")


def test_generated_pages_are_in_the_navigation_and_not_in_the_folder() -> None:
    """Nobody edits what the build overwrites."""
    navigation = (ROOT / "mkdocs.yml").read_text()
    for name in mkdocs_hooks.PAGES:
        assert f": {name}\n" in navigation
        assert not (ROOT / "docs" / name).exists()
