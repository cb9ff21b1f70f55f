"""The face search that a program has which calls OpenCV with nothing but a frame: a baseline."""

from pathlib import Path

import cv2

from edgebreed.edge.images import Frame

CASCADE = "haarcascade_frontalface_alt.xml"


class PlainHaar:
    """`detectMultiScale` with its defaults on the whole grey frame."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / CASCADE))

    def detect(self, frame: Frame) -> list[tuple[int, int, int, int]]:
        """Left, top, width and height of faces in a `(H, W, 3) uint8 BGR` frame, largest first."""
        found = self._cascade.detectMultiScale(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
        boxes = [(int(left), int(top), int(width), int(height)) for left, top, width, height in found]
        return sorted(boxes, key=lambda box: -box[2] * box[3])
