"""Small videos, whole and damaged."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from ...conftest import plain

CODECS = {".avi": "MJPG", ".mkv": "MJPG", ".mp4": "mp4v", ".webm": "VP80", ".ts": "MPG2", ".flv": "FLV1"}
FPS = 25.0


def write_video(path: Path, count: int, fps: float = FPS) -> Path:
    """A video of grey frames that get lighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*CODECS[path.suffix]), fps, (64, 48))
    for number in range(count):
        writer.write(plain((number * 10 % 256,) * 3, 64, 48))
    writer.release()
    return path


def write_timed_video(path: Path, times_ms: Sequence[int], rate: int = 1000, **options: str) -> Path:
    """A video of grey frames at times in ms, which claims a frame rate of its own."""
    with av.open(path, "w", options=options) as container:
        stream = container.add_stream("libvpx" if path.suffix == ".webm" else "mpeg4", rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(plain((number * 10 % 256,) * 3, 64, 48), format="bgr24")
            frame.pts, frame.time_base = time_ms, stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_noise_video(path: Path, codec: str, count: int = 50, muxer: str | None = None) -> Path:
    """A video of frames that no encoder makes small, so that many packets follow one another."""
    random = np.random.default_rng(0)
    pixels = "rgb8" if codec == "gif" else "yuv420p"
    with av.open(path, "w", format=muxer) as container:
        stream = container.add_stream(codec, round(FPS))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for _ in range(count):
            noise = random.integers(0, 256, (48, 64, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def write_raw_video(path: Path, claimed: tuple[int, int]) -> Path:
    """An .avi of one uncompressed frame, whose header claims another width and height in px."""
    with av.open(path, "w") as container:
        stream = container.add_stream("rawvideo", 25)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(plain((9, 9, 9), 64, 48), format="bgr24")))
    data = path.read_bytes()
    size = data.index(b"strf") + 12  # of a BITMAPINFOHEADER, behind its own length
    path.write_bytes(data[:size] + struct.pack("<ii", *claimed) + data[size + 8 :])
    return path


def cut(path: Path, share: float) -> Path:
    """Leaves the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def damage(path: Path, first: float, last: float) -> Path:
    """Replaces a part of a file by bytes that mean nothing to a decoder."""
    data = path.read_bytes()
    start, end = int(len(data) * first), int(len(data) * last)
    path.write_bytes(data[:start] + b"\xa5" * (end - start) + data[end:])
    return path
