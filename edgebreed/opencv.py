"""Loads OpenCV for the command line, which says what is missing where that fails."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.machinery import ModuleSpec
from io import StringIO
from types import ModuleType

from edgebreed.errors import OpenCVError

LIBRARIES = "libgl1 libglib2.0-0"
"""Debian's packages with the libraries that OpenCV's wheel leaves to the system."""


class MissingOpenCV(ModuleType):
    """Stands in for `cv2` where it does not load; whatever is asked of it raises the reason.

    Args:
        reason: why it does not load, and what to do.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("cv2")
        self.__spec__ = ModuleSpec("cv2", None)  # `find_spec` fails on a module without one
        self._reason = reason

    def __getattr__(self, name: str) -> object:
        """Raises the reason, but for what modules look at while they are imported.

        Constants are numbers that nothing computes with then; names such as `__path__` are just absent.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        if name.isupper():
            return 0
        raise OpenCVError(self._reason)


def load_opencv() -> None:
    """Loads OpenCV, or puts in its place what says why that failed.

    Commands that compute nothing, such as `doctor`, work without it.
    """
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # NumPy and OpenCV print pages
            import_module("cv2")
    except Exception as error:  # a build for another NumPy raises AttributeError
        sys.modules["cv2"] = MissingOpenCV(_reason(error))


def require_opencv() -> None:
    """Refuses to go on without OpenCV.

    Raises:
        OpenCVError: it is not installed, or does not load.
    """
    _ = import_module("cv2").imread


def _reason(error: Exception) -> str:
    """What to do about an OpenCV that does not load, in one line."""
    if isinstance(error, ModuleNotFoundError) and error.name == "cv2":
        return (
            'OpenCV is not installed: run `pip install "edgebreed[opencv]"`, or give the environment the '
            "system's own (python3 -m venv --system-site-packages)"
        )
    lines = str(error).strip().splitlines()
    said = lines[-1] if lines else type(error).__name__
    if "shared object file" in said:
        return f"OpenCV does not load, {said}: run `apt-get install {LIBRARIES}`"
    if "numpy" in said.lower() or "_ARRAY_API" in said:
        return f'OpenCV was built for another NumPy than is installed, {said}: run `pip install "numpy<2"`'
    return f"OpenCV does not load, {said}: install it again"
