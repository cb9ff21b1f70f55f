"""Keeps OpenCV and FFmpeg from writing to standard error."""

import os
from functools import cache

import cv2


@cache
def silence_opencv() -> None:
    """Turns off the messages of OpenCV and FFmpeg in this process; what they say becomes an error's one line.

    Those of a stream contain its address with the password. Log levels that the user has set in the
    environment are kept. The libraries that decode JPEG and PNG inside OpenCV have no such setting.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        getattr(cv2.utils, "logging", cv2).setLogLevel(0)  # OpenCV up to 4.6 has it one module up
