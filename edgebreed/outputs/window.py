"""A window with the answers."""

import os

import cv2

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.camera.events import Answered, StateChange
from edgebreed.errors import InputError

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_TITLE = "edgebreed"


class WindowSink:
    """Shows the annotated frames.

    Raises:
        InputError: there is no display; OpenCV would end the whole process over it.
    """

    def __init__(self) -> None:
        self._quit = self._shown = False
        if not any(os.environ.get(name) for name in _DISPLAYS):
            raise InputError("no display to open a window on: pass --headless")
        if any(line.split() == ["GUI:", "NONE"] for line in cv2.getBuildInformation().splitlines()):
            raise InputError("this OpenCV has no windows: pass --headless")

    def answered(self, answered: Answered) -> None:
        """Draws a frame with its answer."""
        cv2.imshow(_TITLE, draw_result(answered.frame, answered.result))
        self._shown = True

    def quit(self) -> bool:
        """Whether q or Escape was pressed; the window lives by being asked, also while no answers come."""
        if self._shown:
            self._quit = self._quit or cv2.waitKey(1) & 0xFF in {ord("q"), 27}
        return self._quit

    def changed(self, change: StateChange) -> None:
        """A window shows pictures alone."""

    def close(self) -> None:
        """Closes the window."""
        cv2.destroyAllWindows()
