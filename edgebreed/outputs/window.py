"""Shows a stream in a window."""

import subprocess
import sys

import cv2

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.edge.text import printable
from edgebreed.errors import InputError

_TITLE = "edgebreed"
_TRIAL_S = 10.0  # for a display that answers to nobody
_MOST = 200  # characters of a reason
_TRIAL = """
import resource, sys
import cv2
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    cv2.namedWindow("edgebreed")
    cv2.waitKey(1)
except cv2.error as error:
    sys.exit(error.err)
"""


class WindowSink:
    """A sink that shows the annotated frames in a window.

    Raises:
        InputError: no window can be opened, as there is no display or none that answers.
    """

    def __init__(self) -> None:
        self._quit = self._shown = False
        if fault := _fault_of_windows():
            raise InputError(f"no window: {fault}")

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
        if self._shown:
            cv2.destroyAllWindows()


def _fault_of_windows() -> str:
    """Why no window opens here, empty where one does; tried by a child, as a failure ends the process."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRIAL],
            cwd="/",  # so that no file of the user's folder is taken for a module
            capture_output=True,
            check=False,
            timeout=_TRIAL_S,
        )
    except subprocess.TimeoutExpired:
        return f"the display did not answer in {_TRIAL_S:g} s"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode(errors="replace").strip() or f"the trial ended with {done.returncode}"
    return printable(said.splitlines()[0])[:_MOST]
