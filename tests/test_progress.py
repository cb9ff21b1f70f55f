"""Progress bars."""

import io

import pytest
import rich.progress
from rich.console import Console

from edgebreed.progress import bar, bars_of_libraries_on_a_terminal_only, track


def test_items_pass_through_and_nothing_is_drawn_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Standard output stays empty in any case."""
    assert [1, 2, 3] == list(track([1, 2, 3], "items", 3))
    assert [] == list(track([], "items", 0))
    assert ("", "") == capsys.readouterr()


def test_a_terminal_shows_title_count_and_rate() -> None:
    """While and after the work is done."""
    screen = io.StringIO()
    with bar(Console(file=screen, force_terminal=True, width=100)) as progress:
        assert [1, 2] == list(progress.track([1, 2], description="items"))
    assert "items" in screen.getvalue()
    assert "2/2" in screen.getvalue()


def test_a_library_draws_no_bars_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Rich's default console, which NNCF takes, writes finished bars anywhere."""
    with bars_of_libraries_on_a_terminal_only():
        assert [1, 2] == list(rich.progress.track([1, 2]))
    assert ("", "") == capsys.readouterr()
    assert [1, 2] == list(rich.progress.track([1, 2]))
    assert "100%" in capsys.readouterr().out
