"""Image corruptions, to measure how robust a classifier is (after Hendrycks & Dietterich 2019)."""

import cv2
import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.train.image_loader import Change


def _crop(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    top, left = round(height * 0.15), round(width * 0.15)
    return frame[top : height - top, left : width - left]


def _wide(frame: Frame) -> Frame:
    """Repeats the border at both sides: the object is smaller, as in a wide frame of a camera."""
    side = frame.shape[1] // 3
    return np.asarray(cv2.copyMakeBorder(frame, 0, 0, side, side, cv2.BORDER_REPLICATE), np.uint8)


def _blur(frame: Frame) -> Frame:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), min(frame.shape[:2]) / 100), np.uint8)


def _noise(frame: Frame) -> Frame:
    noise = np.random.default_rng(frame.size).normal(0, 20, frame.shape)
    return np.clip(frame + noise, 0, 255).astype(np.uint8)


def _dark(frame: Frame) -> Frame:
    return (255 * (frame / 255.0) ** 2.2 * 0.6).astype(np.uint8)


def _rotation(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 20, 1.0)
    return np.asarray(
        cv2.warpAffine(frame, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )


def _jpeg(frame: Frame) -> Frame:
    data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 10])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


CORRUPTIONS: dict[str, Change] = {
    "crop": _crop,  # the middle 70 % of each side
    "wide": _wide,  # two thirds of the width added at the sides
    "blur": _blur,  # Gaussian, sigma 1 % of the shorter side
    "noise": _noise,  # Gaussian, sigma 20 of 255
    "dark": _dark,  # gamma 2.2 and 60 % of the light
    "rotation": _rotation,  # 20 degrees
    "jpeg": _jpeg,  # quality 10
}
"""Each takes and returns `(H, W, 3) uint8 BGR`, and changes the same image in the same way every time."""
