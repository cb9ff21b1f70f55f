"""The page of the Python API."""

import importlib

from api_page import GROUPS, api_page, error_names, paths_by_heading

import edgebreed


def test_every_public_name_is_on_it_once() -> None:
    """Also a new one, which belongs into one of the groups."""
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted({*edgebreed.__all__} - {"__version__"}) == sorted([*grouped, *error_names()])


def test_every_path_leads_to_something_documented() -> None:
    """So that no entry is empty."""
    for path in (path for paths in paths_by_heading().values() for path in paths):
        module, _, name = path.rpartition(".")
        assert getattr(importlib.import_module(module), name).__doc__ is not None, path


def test_the_base_of_all_errors_comes_first() -> None:
    """Then those that are raised from it."""
    assert "EdgebreedError" == error_names()[0]
    assert "## Errors\n\n::: edgebreed.EdgebreedError\n" in api_page()
