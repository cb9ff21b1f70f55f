"""`edgebreed stream`."""

import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Faces,
    Json,
    Model,
    Overwrite,
    Threads,
    UnknownBelow,
    print_json,
    print_table,
)
from edgebreed.edge.camera.capture import CaptureOptions
from edgebreed.edge.camera.events import Sink
from edgebreed.edge.camera.live import LiveSettings
from edgebreed.edge.camera.open import open_source
from edgebreed.edge.camera.run import run_stream
from edgebreed.edge.camera.source import FrameSource
from edgebreed.edge.camera.stages import StreamOptions
from edgebreed.edge.camera.summary import StreamSummary
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.errors import InputError
from edgebreed.live.news import EVERY_S
from edgebreed.live.options import Mqtt, MqttEvery, MqttSpool, Serve, Token, live_sinks
from edgebreed.outputs.events import EventSink, LogSink
from edgebreed.outputs.recording import RecordingSink
from edgebreed.outputs.window import WindowSink
from edgebreed.signals import stop_signals


@dataclass(frozen=True)
class Outputs:
    """Where answers go.

    Attributes:
        record: annotated video to write.
        events: file for answers and states.
        window: whether to open one.
        overwrite: replaces what is there.
    """

    record: Path | None
    events: Path | None
    window: bool
    overwrite: bool


def stream(
    source: Annotated[
        str,
        typer.Option(
            envvar="EDGEBREED_SOURCE",  # an argument's password is seen by everybody on the machine
            help="Camera index, /dev/video*, csi://N, video, folder, rtsp://, http:// or GStreamer pipeline.",
        ),
    ] = "0",
    model: Model = None,
    fps: Annotated[float | None, typer.Option(min=0.01, help="Frames per second to take.")] = None,
    size: Annotated[str | None, typer.Option(help="Frame size, as 1280x720.")] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Play a video at its own pace and drop frames, like a camera.")
    ] = False,
    read_timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds without a picture until a camera counts as lost.")
    ] = 5.0,
    stale_after: Annotated[
        float,
        typer.Option(min=0, help="Seconds that the same picture may repeat until it is none; 0: for ever."),
    ] = 10.0,
    give_up: Annotated[
        float | None, typer.Option(min=0, help="Seconds to look for a lost camera; for ever if left out.")
    ] = None,
    detect_every: Annotated[
        int, typer.Option(min=1, help="Search each so many frames for faces; follow them in between.")
    ] = 1,
    no_smooth: Annotated[
        bool, typer.Option("--no-smooth", help="Answer each frame on its own, without averaging over time.")
    ] = False,
    record: Annotated[Path | None, typer.Option(help="Annotated video to write, .mp4 or .avi.")] = None,
    events: Annotated[
        Path | None, typer.Option(help="File for answers and states, a JSON object a line.")
    ] = None,
    max_frames: Annotated[int | None, typer.Option(min=1, help="Stop after so many answers.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    serve: Serve = None,
    token: Token = None,
    mqtt: Mqtt = None,
    mqtt_every: MqttEvery = EVERY_S,
    mqtt_spool: MqttSpool = None,
    faces: Faces = FaceSearch.AUTO,
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Answer a camera or a video, frame by frame, until it ends, q is pressed, or Ctrl-C."""
    capture = CaptureOptions(fps, _size(size), read_timeout_s=read_timeout)
    settings = LiveSettings(
        read_timeout_s=read_timeout, give_up_s=give_up, stale_after_s=stale_after, fps=fps
    )
    with ExitStack() as stack:
        frames = open_source(source, capture, settings, realtime)
        stack.callback(frames.close)
        options = EngineOptions(engine, threads, allow_fallback)
        pipeline = Pipeline.open(model, options, faces, unknown_below)
        sinks: list[Sink] = []
        for sink in live_sinks(serve, token, mqtt, mqtt_every, mqtt_spool):
            stack.callback(sink.close)
            sinks.append(sink)
        sinks += _sinks(Outputs(record, events, not headless, overwrite), frames, stack)
        stopped = stack.enter_context(stop_signals())
        windows = [sink for sink in sinks if isinstance(sink, WindowSink)]
        summary = run_stream(
            frames,
            pipeline,
            sinks,
            StreamOptions(max_frames, detect_every, not no_smooth),
            lambda: bool(stopped) or any(window.quit() for window in windows),
        )
    _show(summary, json_)
    if summary.errors:
        raise summary.errors[0]
    if stopped:
        raise KeyboardInterrupt


def _sinks(outputs: Outputs, source: FrameSource, stack: ExitStack) -> list[Sink]:
    """All that a stream is told to; each is closed with the stack, also where the next does not open."""
    sinks: list[Sink] = []

    def add(sink: Sink) -> None:
        stack.callback(sink.close)
        sinks.append(sink)

    add(LogSink())
    if outputs.window:
        add(WindowSink())
    if outputs.record is not None:
        add(RecordingSink(outputs.record, source.fps, source.live, outputs.overwrite))
    if outputs.events is not None:
        add(EventSink(outputs.events, outputs.overwrite))
    return sinks


def _size(text: str | None) -> tuple[int, int] | None:
    """Width and height in px of a text like 1280x720.

    Raises:
        InputError: it is not like that.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+)[xX](\d+)", text)
    if match is None:
        raise InputError(f"--size {text} is no frame size: write width and height in px, as 1280x720")
    return int(match[1]), int(match[2])


def _show(summary: StreamSummary, json_: bool) -> None:
    data = summary.to_dict()
    if summary.fault:
        print(
            f"edgebreed: the pipeline failed on a frame, the last time with: {summary.fault}", file=sys.stderr
        )
    if json_:
        print_json(data)
        return
    frames, age = data["frames"], data["age_ms"]
    rows = {
        "frames": f"{frames['read']} read, {frames['processed']} answered, "
        f"{frames['dropped']} dropped, {frames['failed']} failed",
        "rate": f"{data['fps']:.1f} answers/s in {data['engine']}",
        "age of an answer": f"p50 {age['p50']:.0f} ms, p99 {age['p99']:.0f} ms" if age else "no frames",
        "source": f"{data['backend']}, {data['reconnects']} reconnects",
        "end": f"{data['state']}: {data['reason']}",
    }
    print_table(str(data["source"]), rows)
