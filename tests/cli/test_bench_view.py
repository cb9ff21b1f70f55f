"""How `edgebreed bench` looks on a terminal."""

import io

from rich.console import Console

from edgebreed.commands.bench_view import announce


def test_bench_says_on_a_terminal_how_long_it_takes() -> None:
    """And nothing where standard error is none."""
    for terminal in (True, False):
        screen = io.StringIO()
        announce(Console(file=screen, force_terminal=terminal, no_color=True), 2, 10.0)
        assert terminal == ("measuring for 2 x 10 s, after a warm-up" in screen.getvalue())
