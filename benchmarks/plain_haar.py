"""The face search that everybody begins with, to compare with."""

import cv2

from edgebreed.edge.detectors import Detection
from edgebreed.edge.detectors.cascade import cascade_folder
from edgebreed.edge.images import Frame


class PlainHaar:
    """`detectMultiScale` with its defaults on the whole frame: scale factor 1.1, 3 neighbours."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(cascade_folder() / "haarcascade_frontalface_default.xml"))

    def detect(self, frame: Frame) -> list[Detection]:
        """Boxes of the faces in a `(H, W, 3) uint8 BGR` frame, in OpenCV's order."""
        found = self._cascade.detectMultiScale(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
        return [
            Detection((int(left), int(top), int(width), int(height))) for left, top, width, height in found
        ]
