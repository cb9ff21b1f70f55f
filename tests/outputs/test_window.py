"""The window."""

import pytest

from edgebreed.errors import InputError
from edgebreed.outputs.window import WindowSink


def test_without_a_display_no_window_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to pass."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match="no display to open a window on: pass --headless"):
        WindowSink()


def test_nobody_can_quit_before_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window is only opened for a frame; asking for keys without it would hang some window systems."""
    monkeypatch.setenv("DISPLAY", ":1")
    assert not WindowSink().quit_requested()
