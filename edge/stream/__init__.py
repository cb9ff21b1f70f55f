"""Streams: classify the frames of a camera, a video file or a network stream as they come.

    from edgebreed import Pipeline
    from edgebreed.edge.stream import open_source, run_stream

    summary = run_stream(open_source("0"), Pipeline.open(), sinks=[my_sink])

A sink is any object with the methods of `Sink`; `ArraySource` and `ScriptedCapture` stand in for a camera.
"""

from edgebreed.edge.stream.capture import Capture, CaptureOptions, ScriptedCapture
from edgebreed.edge.stream.counters import FrameCounters, FrameCounts
from edgebreed.edge.stream.events import EVENT_SCHEMA, FrameResult, State, StateChange
from edgebreed.edge.stream.lane import Lane, StreamOptions
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.outage import ReconnectSettings
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource
from edgebreed.edge.stream.runner import StreamSummary, run_stream
from edgebreed.edge.stream.sinks import Sink
from edgebreed.edge.stream.sources import ArraySource, CapturedFrame, FrameSource

__all__ = [
    "EVENT_SCHEMA",
    "ArraySource",
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
    "StreamOptions",
    "StreamSummary",
    "open_source",
    "run_stream",
]
