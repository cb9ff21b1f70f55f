"""Shows a stream in a window."""

import os

import cv2

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.errors import InputError

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_TITLE = "edgebreed"


class WindowSink:
    """A sink that shows the annotated frames in a window.

    Raises:
        InputError: there is no display, in which case OpenCV itself would abort the process.
    """

    def __init__(self) -> None:
        self._quit = self._shown = False
        if not any(os.environ.get(name) for name in _DISPLAYS):
            raise InputError("no display to open a window on: pass --headless")
        if any(line.split() == ["GUI:", "NONE"] for line in cv2.getBuildInformation().splitlines()):
            raise InputError("this OpenCV was built without windows: pass --headless")

    def on_result(self, result: FrameResult) -> None:
        """Shows a frame and its result."""
        cv2.imshow(_TITLE, draw_result(result.frame, result.result))
        self._shown = True

    def quit_requested(self) -> bool:
        """Whether q or Escape was pressed; must be called regularly, as it also redraws the window."""
        if self._shown:
            self._quit = self._quit or cv2.waitKey(1) & 0xFF in {ord("q"), 27}
        return self._quit

    def on_state(self, change: StateChange) -> None:
        """Does nothing: the window only shows frames."""

    def close(self) -> None:
        """Closes the window."""
        cv2.destroyAllWindows()
