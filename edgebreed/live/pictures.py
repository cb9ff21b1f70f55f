"""Annotated pictures as JPEG, each encoded once for all who look."""

from dataclasses import replace

import cv2
import numpy as np

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.camera.events import Answered
from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Result


class Pictures:
    """Encodes answers when somebody asks for them; who asks for the same one gets the same bytes.

    It is used from the page's thread alone, never from the stream's.

    Args:
        longest: longer side of the picture without its bar, in px; smaller frames keep their size.
        quality: of the JPEG, 0..100.
    """

    def __init__(self, longest: int, quality: int) -> None:
        self._longest, self._quality = longest, quality
        self._answered: Answered | None = None
        self._jpeg = b""
        self.encoded = 0

    def jpeg(self, answered: Answered) -> bytes:
        """The frame with its faces and, in a bar below, its answer."""
        if answered is not self._answered:
            picture = draw_result(*_shrunk(answered, self._longest))
            self._jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, self._quality))[1].tobytes()
            self._answered = answered
            self.encoded += 1
        return self._jpeg


def _shrunk(answered: Answered, longest: int) -> tuple[Frame, Result]:
    height, width = answered.frame.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return answered.frame, answered.result
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Averaging costs three times as much as interpolating, and shows only where much is left out.
    rule = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    frame = np.asarray(cv2.resize(answered.frame, size, interpolation=rule), np.uint8)
    faces = tuple(
        (round(x * scale), round(y * scale), round(w * scale), round(h * scale))
        for x, y, w, h in answered.result.faces or ()
    )
    return frame, replace(answered.result, faces=faces)
