"""One of OpenCV's Haar cascades, and the image preparation for it."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.boxes import Box
from edgebreed.errors import EngineError
from edgebreed.extras import has_other_opencv

Grey = NDArray[np.uint8]
"""`(H, W) uint8`."""

PATCH = 64  # px of the square that a candidate is verified on; a face fills two thirds of it
_MARGIN = 1.5
_WINDOW = 20  # px; the smallest that OpenCV's frontal cascades were trained on
_SAME_FACE = 0.3  # how far windows of one face may differ, as a share of their size
_SYSTEM_FOLDERS = (Path("/usr/share/opencv4/haarcascades"), Path("/usr/local/share/opencv4/haarcascades"))


class Cascade:
    """One of OpenCV's cascades.

    Args:
        path: its file.

    Raises:
        EngineError: this OpenCV has no cascade classifier, or the file is no cascade.
    """

    def __init__(self, path: Path) -> None:
        if not hasattr(cv2, "CascadeClassifier"):
            raise EngineError(
                f'OpenCV {cv2.__version__} has no CascadeClassifier: `pip install "opencv-python<5"`'
            )
        self._classifier = cv2.CascadeClassifier(str(path)) if path.is_file() else None
        if self._classifier is None or self._classifier.empty():
            raise EngineError(f"{path} is no Haar cascade: give one of OpenCV's haarcascade_*.xml files")

    def windows(self, grey: Grey, step: float, smallest: int = 0) -> list[Box]:
        """Every window that passes, ungrouped, in sizes that grow by `step` from `smallest` px."""
        side = max(_WINDOW, smallest)
        found = self._classifier.detectMultiScale(grey, step, 0, minSize=(side, side))  # type: ignore[union-attr]  # the constructor has checked it
        return [(int(left), int(top), int(width), int(height)) for left, top, width, height in found]


def grouped(windows: list[Box], neighbours: int) -> list[Box]:
    """One box a face, where it has more than so many windows; 0 keeps those with a single one."""
    if not windows:
        return []
    # OpenCV keeps groups of more than the threshold, and with a threshold of 0 it does not group at all.
    twice = [*windows, *windows]
    boxes, _ = cv2.groupRectangles(twice, max(1, 2 * neighbours), _SAME_FACE)
    return [(int(left), int(top), int(width), int(height)) for left, top, width, height in boxes]


def shrunk(grey: Grey, side: float) -> tuple[Grey, float]:
    """A picture with its longer side at most `side` px and its histogram equalized, and the scale used."""
    ratio = min(1.0, side / max(grey.shape))
    if ratio < 1:
        height, width = (max(1, round(side * ratio)) for side in grey.shape)
        grey = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.equalizeHist(grey), np.uint8), ratio


def scaled(box: Box, ratio: float) -> Box:
    """A box of a shrunk picture in pixels of the whole."""
    left, top, width, height = (round(value / ratio) for value in box)
    return left, top, width, height


def face_patch(grey: Grey, box: Box) -> Grey:
    """A candidate with some margin, as a square of `PATCH` px with its histogram equalized."""
    left, top, width, height = box
    side = max(2, round(width * _MARGIN))
    square = cv2.getRectSubPix(grey, (side, side), (left + width / 2, top + height / 2))
    method = cv2.INTER_AREA if side > PATCH else cv2.INTER_LINEAR
    return np.asarray(cv2.equalizeHist(cv2.resize(square, (PATCH, PATCH), interpolation=method)), np.uint8)


def tilted(patch: Grey, degrees: float) -> Grey:
    """A patch rotated about its centre; what comes in from outside repeats its edge."""
    middle = (patch.shape[1] / 2, patch.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(patch, turn, patch.shape[::-1], borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def cascade_folder() -> Path:
    """Where OpenCV keeps its cascades: in the wheel, or where Debian and JetPack put them.

    Raises:
        EngineError: nowhere.
    """
    wheel = [Path(cv2.data.haarcascades)] if hasattr(cv2, "data") else []
    for folder in (*wheel, *_SYSTEM_FOLDERS):
        if (folder / "haarcascade_frontalface_default.xml").is_file():
            return folder
    remedy = "apt-get install opencv-data" if has_other_opencv() else 'pip install "opencv-python<5"'
    raise EngineError(f"no haarcascade files on this machine: run `{remedy}`")
