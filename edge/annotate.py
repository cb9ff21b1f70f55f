"""Draws results onto frames."""

import cv2
import numpy as np

from edgebreed.edge.boxes import Box
from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Kind, Result
from edgebreed.edge.text import printable

_COLOURS = {Kind.KNOWN: (80, 175, 60), Kind.PERSON: (200, 120, 40), Kind.UNKNOWN: (110, 110, 110)}  # BGR
_FACE = (0, 200, 255)
_WHITE = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_LONGEST = 300  # letters of a summary; more could not be read anyway


def draw_faces(frame: Frame, faces: tuple[Box, ...]) -> Frame:
    """A copy of a `(H, W, 3) uint8 BGR` frame with a box around each face."""
    canvas = np.array(frame)
    thickness = max(2, round(min(frame.shape[:2]) / 200))
    for left, top, width, height in faces:
        cv2.rectangle(canvas, (left, top), (left + width, top + height), _FACE, thickness)
    return canvas


def draw_result(frame: Frame, result: Result) -> Frame:
    """A copy of a `(H, W, 3) uint8 BGR` frame with its faces, and the summary in a bar below.

    The bar is added to the height, so that it hides nothing of the frame.

    Returns:
        `(H + bar, W, 3) uint8 BGR`.
    """
    canvas = draw_faces(frame, result.faces or ())
    text = drawable(result.summary)
    bar = max(24, round(frame.shape[0] / 14))
    scale = _fitting_scale(text, frame.shape[1] - 12, bar * 0.55)
    caption = np.full((bar, frame.shape[1], 3), _COLOURS[result.kind], np.uint8)
    place = (6, round(bar * 0.7))
    cv2.putText(caption, text, place, _FONT, scale, _WHITE, _thickness(scale), cv2.LINE_AA)
    return np.vstack([canvas, caption])


def drawable(text: str) -> str:
    """A text that OpenCV draws on one line: half of a letter, for example, would end the process in it."""
    return printable(text[:_LONGEST])


def _fitting_scale(text: str, width: int, height: float) -> float:
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, 1.0, 1)
    return min(width / text_width, height / text_height)


def _thickness(scale: float) -> int:
    return max(1, round(scale * 1.8))
