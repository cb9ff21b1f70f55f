"""Streams: classify the frames of cameras, video files and network streams as they come.

    from edgebreed import Stream

    with Stream({"door": "rtsp://10.0.0.7/live", "yard": "0"}) as stream:
        for answer in stream:
            print(answer.name, answer.result.summary)

`run_stream` passes results to sinks in place of an iteration: any object with the methods of `Sink` is one.
`ArraySource` and `ScriptedCapture` stand in for a camera.
"""

from edgebreed.edge.stream.batching import Batching
from edgebreed.edge.stream.capture import Capture, CaptureOptions, ScriptedCapture
from edgebreed.edge.stream.counters import FrameCounters, FrameCounts
from edgebreed.edge.stream.events import EVENT_SCHEMA, FrameResult, State, StateChange
from edgebreed.edge.stream.frame_stream import Stream
from edgebreed.edge.stream.lane import Lane, StreamOptions
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.outage import ReconnectSettings
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource
from edgebreed.edge.stream.runner import StreamSummary, run_stream, run_streams
from edgebreed.edge.stream.sinks import Sink
from edgebreed.edge.stream.sources import ArraySource, CapturedFrame, FrameSource

__all__ = [
    "EVENT_SCHEMA",
    "ArraySource",
    "Batching",
    "Capture",
    "CaptureOptions",
    "CapturedFrame",
    "FrameCounters",
    "FrameCounts",
    "FrameResult",
    "FrameSource",
    "Lane",
    "ReconnectSettings",
    "ReconnectingSource",
    "ScriptedCapture",
    "Sink",
    "State",
    "StateChange",
    "Stream",
    "StreamOptions",
    "StreamSummary",
    "open_source",
    "run_stream",
    "run_streams",
]
