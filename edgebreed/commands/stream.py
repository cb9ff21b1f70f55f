"""`edgebreed stream`."""

import logging
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Faces,
    InferenceTimeout,
    Json,
    Model,
    Overwrite,
    Threads,
    UnknownBelow,
    print_json,
    print_table,
    require,
)
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.edge.engines.engine import MAX_TIMEOUT_S
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.stream import (
    CaptureOptions,
    FrameSource,
    ReconnectSettings,
    Sink,
    StreamOptions,
    StreamSummary,
    open_source,
    run_stream,
)
from edgebreed.edge.stream.capture import OPEN_TIMEOUT_S
from edgebreed.edge.stream.source_uri import parse_source
from edgebreed.errors import InputError
from edgebreed.live.options import (
    MQTT_REPEAT_S,
    PUBLISHING,
    SERVING,
    Discovery,
    Mqtt,
    MqttDiscovery,
    MqttEvery,
    MqttOptions,
    MqttSpool,
    Serve,
    TlsCert,
    TlsKey,
    Token,
    live_sinks,
    name_model,
    refuse_wrong_addresses,
)
from edgebreed.live.systemd_notify import SystemdNotifier
from edgebreed.live.tls import server_context
from edgebreed.outputs.answer_log import AnswerLogSink
from edgebreed.outputs.collisions import refuse_collisions
from edgebreed.outputs.event_file import EventFileSink
from edgebreed.outputs.recording import RecordingSink
from edgebreed.outputs.window import WindowSink
from edgebreed.signals import raised_signals, stop_signals

GRACE_S = 10.0
"""How long a stream may take to stop: its threads 3 s, viewers and the broker some more."""
RECORDING = ("recording (--record)", "record", ("av",))
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outputs:
    """Where results go on this machine.

    Attributes:
        record: annotated video to write.
        events: file of results and states to write.
        window: whether to open a window.
        overwrite: whether existing files may be replaced.
    """

    record: Path | None
    events: Path | None
    window: bool
    overwrite: bool

    @property
    def paths(self) -> list[Path]:
        """The files to write."""
        return [path for path in (self.record, self.events) if path is not None]


def stream(
    source: Annotated[
        str,
        typer.Option(
            envvar="EDGEBREED_SOURCE",  # every user of a machine sees the passwords in arguments
            help="Camera index, /dev/video*, csi://N, video, folder, rtsp://, http:// or GStreamer pipeline.",
        ),
    ] = "0",
    model: Model = None,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            help="Of each second of a camera or a video, at most so many frames are processed; images of a "
            "folder come at this rate.",
        ),
    ] = None,
    size: Annotated[str | None, typer.Option(help="Frame size, as 1280x720.")] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Play a video in real time and drop frames, like a camera.")
    ] = False,
    open_timeout: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=MAX_TIMEOUT_S,
            help="Seconds in which the source must open, and the model; "
            "default: 10 for the source, 60 for the model, 600 on a GPU.",
        ),
    ] = None,
    read_timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds without a new frame after which a camera is lost.")
    ] = 5.0,
    stale_after: Annotated[
        float,
        typer.Option(min=0, help="Seconds of identical frames after which a camera is lost; 0: never."),
    ] = 10.0,
    give_up: Annotated[
        float | None, typer.Option(min=0, help="Seconds to try to reopen a lost camera; default: for ever.")
    ] = None,
    detect_every: Annotated[
        int,
        typer.Option(
            min=1,
            help="For models that answer people: search faces in every Nth frame, track them in between.",
        ),
    ] = 1,
    no_smooth: Annotated[
        bool, typer.Option("--no-smooth", help="Classify each frame on its own, without averaging over time.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            help="Annotated video to write: .mp4 (H.264, plays in browsers) or .avi (Motion JPEG). "
            "It plays up to about the last second whatever ends the stream."
        ),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            help="File to append results and states to, one JSON object a line. "
            "It may be moved away or truncated (logrotate's create or copytruncate); no signal is needed."
        ),
    ] = None,
    max_frames: Annotated[int | None, typer.Option(min=1, help="Stop after so many results.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a window.")] = False,
    serve: Serve = None,
    token: Token = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    mqtt: Mqtt = None,
    mqtt_every: MqttEvery = MQTT_REPEAT_S,
    mqtt_spool: MqttSpool = None,
    mqtt_discovery: MqttDiscovery = None,
    faces: Faces = FaceSearch.AUTO,
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    inference_timeout: InferenceTimeout = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Classify the frames of a camera or a video until it ends, or you press q or Ctrl-C.

    Without a window or another output, each change of the answer is a line on standard error.
    SIGTERM and SIGHUP stop it like Ctrl-C; a second one ends it at once, as do 10 s in which it could not
    stop, for example as a pipe is not read. Exits 1 where the end of a video file is missing.
    """
    outputs = Outputs(record, events, not headless, overwrite)
    inputs = [*_inputs(source, model), *filter(None, [tls_cert, tls_key])]
    refuse_collisions([*outputs.paths, *filter(None, [mqtt_spool])], inputs)
    refuse_wrong_addresses(serve, mqtt, mqtt_discovery)
    asked = {SERVING: serve, PUBLISHING: mqtt, RECORDING: record}
    require(*(part for part, option in asked.items() if option is not None))  # before a camera is waited for
    tls = server_context(tls_cert, tls_key)
    open_s = OPEN_TIMEOUT_S if open_timeout is None else open_timeout
    capture = CaptureOptions(fps, _size(size), open_s, read_timeout)
    settings = ReconnectSettings(open_s, read_timeout, give_up, stale_after, fps=fps)
    with raised_signals(GRACE_S), ExitStack() as stack:
        notifier = SystemdNotifier.from_environment()
        stack.callback(notifier.close)
        frames = open_source(source, capture, settings, realtime)
        stack.callback(frames.close)
        options = EngineOptions(engine, threads, allow_fallback, open_timeout, inference_timeout)
        pipeline = Pipeline.open(model, options, faces, unknown_below)
        sinks: list[Sink] = [notifier]
        discovery = None if mqtt_discovery is None else Discovery(mqtt_discovery, pipeline.manifest)
        publishing = None if mqtt is None else MqttOptions(mqtt, mqtt_every, mqtt_spool, discovery)
        for sink in live_sinks(serve, token, publishing, tls):
            stack.callback(sink.close)
            sinks.append(sink)
        if serve is not None:
            name_model(sinks, pipeline)
        sinks += _sinks(outputs, frames, stack)
        if len(sinks) == 1:  # the notifier is no output
            sinks.append(AnswerLogSink())
        stopped = stack.enter_context(stop_signals(GRACE_S))
        windows = [sink for sink in sinks if isinstance(sink, WindowSink)]

        def stop() -> bool:
            notifier.tick()
            return bool(stopped) or any(window.quit_requested() for window in windows)

        summary = run_stream(
            frames,
            pipeline,
            sinks,
            StreamOptions(max_frames, detect_every, not no_smooth),
            stop,
        )
        _show(summary, json_)  # within the grace, as its reader may be stuck
    if summary.errors:
        raise summary.errors[0]
    if stopped:
        raise KeyboardInterrupt


def _inputs(source: str, model: Path | None) -> list[Path]:
    """The files and folders that a stream reads."""
    path = parse_source(source).path
    return [one for one in (path, model) if one is not None]


def _sinks(outputs: Outputs, source: FrameSource, stack: ExitStack) -> list[Sink]:
    """The sinks of this machine; the stack closes each, also if the next one does not open."""
    sinks: list[Sink] = []

    def add(sink: Sink) -> None:
        stack.callback(sink.close)
        sinks.append(sink)

    if outputs.window and (window := _window()):
        add(window)
    if outputs.record is not None:
        add(RecordingSink(outputs.record, source.fps, source.live, outputs.overwrite))
    if outputs.events is not None:
        add(EventFileSink(outputs.events, outputs.overwrite))
    return sinks


def _window() -> WindowSink | None:
    """The window; where none opens, the stream goes on without, as its other outputs need none."""
    try:
        return WindowSink()
    except InputError as error:
        _LOG.warning("%s: going on without one (--headless asks for none)", error)
        return None


def _size(text: str | None) -> tuple[int, int] | None:
    """Parses a frame size such as 1280x720 into width and height in px.

    Raises:
        InputError: it is not of this form.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+)[xX](\d+)", text)
    if match is None:
        raise InputError(f"--size {text} is no frame size: write width and height in px, as 1280x720")
    return int(match[1]), int(match[2])


def _show(summary: StreamSummary, json_: bool) -> None:
    data = summary.to_dict()
    if summary.last_frame_error not in ["", *map(str, summary.errors)]:  # the end itself is reported once
        _LOG.warning("the pipeline failed on a frame, most recently with: %s", summary.last_frame_error)
    if json_:
        print_json(data)
        return
    frames, latency = data["frames"], data["age_ms"]
    rows = {
        "frames": f"{frames['read']} read, {frames['processed']} processed, "
        f"{frames['dropped']} dropped, {frames['failed']} failed",
        "rate": f"{data['fps']:.1f} frames/s in {data['engine']}",
        "frame latency": f"p50 {latency['p50']:.0f} ms, p99 {latency['p99']:.0f} ms"
        if latency
        else "no frames",
        "source": f"{data['backend']}, {data['reconnects']} reconnects",
        "end": f"{data['state']}: {data['reason']}",
    }
    print_table(str(data["source"]), rows)
