"""`Stream`: the answers to the frames of cameras and videos, for programs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType

from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream.batching import Batching
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.edge.stream.lane import Lane, StreamOptions
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.sources import FrameSource
from edgebreed.edge.stream.stage_threads import StageThreads
from edgebreed.errors import InputError

POLL_S = 0.1
SHUTDOWN_S = 3.0  # time for the threads to end, after which they are left behind

SourceLike = FrameSource | Path | str
"""A source that is open, or what `--source` takes: a camera's index, a device, a file, or an address."""


class Stream:
    """Answers the frames of one or several sources; iterate over it, and close it or use `with`.

        with Stream({"door": "rtsp://10.0.0.7/live", "yard": "0"}) as stream:
            for answer in stream:
                print(answer.name, answer.result.summary)

    Sources share one pipeline, and take turns where it cannot keep up. Of a camera only the newest frame
    waits; of a file every frame is answered. One that fails or ends leaves the others alone. Iterating ends
    with the last source, or with `close`, which any thread may call.

    Args:
        sources: one, or several by name.
        pipeline: what answers; None opens the model that ships with edgebreed.
        options: how frames are processed.
        batching: how many frames share an inference; None lets the sources take turns.

    Raises:
        SourceError: a source does not open.
    """

    def __init__(
        self,
        sources: SourceLike | Mapping[str, SourceLike],
        pipeline: Pipeline | None = None,
        options: StreamOptions | None = None,
        batching: Batching | None = None,
    ) -> None:
        named = sources if isinstance(sources, Mapping) else {"": sources}
        if not named:
            raise InputError("a stream without a source: give one, or several by name")
        self.pipeline, self._options = pipeline or Pipeline.open(), options or StreamOptions()
        self._threads, self._lock = StageThreads(self.pipeline, batching), Lock()
        self._lanes: dict[str, Lane] = {}
        try:
            for name, source in named.items():
                self.attach(name, source)
        except BaseException:
            self.close()
            raise
        self._threads.start()

    def attach(self, name: str, source: SourceLike) -> None:
        """Adds a source; the others go on.

        Raises:
            SourceError: it does not open.
            InputError: another one bears the name, or the stream has ended.
        """
        if name in self._lanes:
            raise InputError(f"source {name}: another one bears this name")
        lane = Lane(_opened(source), self._options, name)
        with self._lock:
            if self._threads.results.closed:
                lane.source.close()
                raise InputError(f"source {name}: the stream has ended")
            self._lanes[name] = lane
            self._threads.attach(lane)

    def detach(self, name: str) -> None:
        """Ends one source; the others go on.

        Raises:
            InputError: none bears the name.
        """
        with self._lock:
            lane = self._lanes.pop(name, None)
        if lane is None:
            raise InputError(f"source {name}: there is {', '.join(self._lanes) or 'none'}")
        self._threads.detach(lane)

    def __iter__(self) -> Iterator[FrameResult]:
        """The answers of all sources as they come."""
        for item in self.events():
            if isinstance(item, FrameResult):
                yield item

    def events(self) -> Iterator[FrameResult | StateChange]:
        """Answers, and changes of a source's state such as a camera that is lost or back.

        Raises:
            EdgebreedError: what the stream failed with as a whole, after its last answer; where all sources
                have failed, what the first one failed with.
        """
        results = self._threads.results
        while not (results.closed and results.empty()):
            item = results.get(POLL_S)
            if item is not None:
                yield item
        error = self._threads.error or _common_error(list(self._lanes.values()))
        if error is not None:
            raise error

    @property
    def counts(self) -> dict[str, FrameCounts]:
        """What became of the frames of each source so far."""
        return {name: lane.source.counters.counts for name, lane in self._lanes.items()}

    @property
    def errors(self) -> dict[str, Exception]:
        """What sources have failed with."""
        return {name: lane.error for name, lane in self._lanes.items() if lane.error is not None}

    def close(self) -> None:
        """Ends all sources; an iteration over them ends."""
        self._threads.stop()
        self._threads.results.close(discard=True)
        for lane in list(self._lanes.values()):
            lane.source.close()
        self._threads.join(SHUTDOWN_S)

    def __enter__(self) -> "Stream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(source: SourceLike) -> FrameSource:
    return open_source(str(source)) if isinstance(source, str | Path) else source


def _common_error(lanes: Sequence[Lane]) -> Exception | None:
    """What all sources have failed with; None where one has not."""
    errors = [lane.error for lane in lanes]
    return errors[0] if errors and all(errors) else None
