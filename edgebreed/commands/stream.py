"""`edgebreed stream`."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import cv2
import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Json,
    Model,
    Overwrite,
    Threads,
    print_json,
    print_table,
)
from edgebreed.edge.annotate import draw_result
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.result import Result
from edgebreed.edge.sources import open_source
from edgebreed.edge.stream import Sink, StreamSummary, run_stream
from edgebreed.errors import InputError
from edgebreed.signals import stop_signals

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
RECORDING_FPS = 25.0  # where the source announces none


def stream(
    source: Annotated[str, typer.Option(help="Camera index, /dev/video*, or a video file.")] = "0",
    model: Model = None,
    record: Annotated[Path | None, typer.Option(help="Annotated video to write, .mp4 or .avi.")] = None,
    events: Annotated[Path | None, typer.Option(help="File for the answers, a JSON object a line.")] = None,
    max_frames: Annotated[int | None, typer.Option(min=1, help="Stop after so many answers.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    engine: EngineName = "auto",
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Answer a camera or a video, frame by frame, until it ends, q is pressed, or Ctrl-C."""
    pipeline = Pipeline.open(model, EngineOptions(engine, threads, allow_fallback))
    window = None if headless else Window()
    frames = open_source(source)
    with ExitStack() as stack:
        stack.callback(frames.close)
        stopped = stack.enter_context(stop_signals())
        sinks: list[Sink] = [window.show] if window else []
        if record is not None:
            sinks.append(stack.enter_context(video_sink(record, frames.fps or RECORDING_FPS, overwrite)))
        if events is not None:
            sinks.append(stack.enter_context(event_sink(events, overwrite)))
        summary = run_stream(
            frames, pipeline, sinks, max_frames, lambda: bool(stopped or (window and window.closed))
        )
    _show(summary, json_)
    if stopped:
        raise KeyboardInterrupt


class Window:
    """A window with the annotated frames; `closed` once q or Escape was pressed.

    Raises:
        InputError: there is no display; OpenCV would end the whole process over it.
    """

    def __init__(self) -> None:
        self.closed = False
        if not any(os.environ.get(name) for name in _DISPLAYS):
            raise InputError("no display to open a window on: pass --headless")
        if any(line.split() == ["GUI:", "NONE"] for line in cv2.getBuildInformation().splitlines()):
            raise InputError("this OpenCV has no windows: pass --headless")

    def show(self, frame: Frame, result: Result) -> None:
        """Draws a `(H, W, 3) uint8 BGR` frame with its answer."""
        cv2.imshow("edgebreed", draw_result(frame, result))
        self.closed = cv2.waitKey(1) & 0xFF in {ord("q"), 27}


@contextmanager
def video_sink(path: Path, fps: float, overwrite: bool) -> Iterator[Sink]:
    """Writes annotated frames to a video file.

    Raises:
        InputError: the file exists, or OpenCV cannot write its format.
    """
    _refuse_existing(path, overwrite)
    codec = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writers: list[cv2.VideoWriter] = []

    def write(frame: Frame, result: Result) -> None:
        picture = draw_result(frame, result)
        if not writers:
            writers.append(cv2.VideoWriter(str(path), codec, fps, (picture.shape[1], picture.shape[0])))
        if not writers[0].isOpened():
            raise InputError(f"cannot write video {path}: name a file .mp4 or .avi in a folder that exists")
        writers[0].write(picture)

    try:
        yield write
    finally:
        for writer in writers:
            writer.release()


@contextmanager
def event_sink(path: Path, overwrite: bool) -> Iterator[Sink]:
    """Writes one JSON object a line.

    Raises:
        InputError: the file exists or cannot be written.
    """
    _refuse_existing(path, overwrite)
    try:
        file = path.open("w", buffering=1)
    except OSError as error:
        raise InputError(f"cannot write events to {path}: {error.strerror}") from error
    with file:
        yield lambda _, result: print(json.dumps(result.to_dict()), file=file)


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists: pass --overwrite or another name")


def _show(summary: StreamSummary, json_: bool) -> None:
    data = summary.to_dict()
    if json_:
        print_json(data)
        return
    frames, age = data["frames"], data["age_ms"]
    rows = {
        "frames": f"{frames['read']} read, {frames['processed']} answered, {frames['dropped']} dropped",
        "rate": f"{data['fps']:.1f} answers/s in {data['engine']}",
        "age of an answer": f"p50 {age['p50']:.0f} ms, p99 {age['p99']:.0f} ms" if age else "no frames",
    }
    print_table(str(data["source"]), rows)
