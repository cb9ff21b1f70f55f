"""Publishes the events of a stream over MQTT."""

import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edgebreed.edge.prediction import Kind, Result
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.edge.text import to_json
from edgebreed.live.announcement import RetainedMessage
from edgebreed.live.broker import Broker
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import Publisher, PublishSettings

MIN_INTERVAL_S = 0.2
"""Results that change with every frame are sent no more often than this."""


class ChangeFilter:
    """Passes a result when its kind or labels change, and an unchanged one again after a while.

    Args:
        repeat_s: time after which an unchanged result passes again, in s.
        clock: monotonic time, in s.
    """

    def __init__(self, repeat_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._repeat_s, self._clock = repeat_s, clock
        self._last: tuple[Kind, frozenset[str]] | None = None
        self._last_at = 0.0

    def passes(self, result: Result) -> bool:
        """Whether to send this result; it then counts as sent."""
        now, key = self._clock(), result.answer
        interval = self._repeat_s if key == self._last else MIN_INTERVAL_S
        if self._last is not None and now - self._last_at < interval:
            return False
        self._last, self._last_at = key, now
        return True


class MqttSink:
    """A sink that publishes changed results and changes of state as JSON events.

    Every event has two keys more than the event schema: `run`, which identifies the run of the program, and
    `n`, the event's number in it. By them a consumer recognises duplicates, which QoS 1 allows, and gaps.

    Args:
        broker: where to publish.
        spool: file in which events wait while the broker is unreachable.
        repeat_s: time after which an unchanged result is sent again, in s.
        settings: how long to wait for the broker.
        owned: whether no other program can have written the file; if so, it is used whatever is in it.
        retained: messages that describe the stream to other programs.

    Raises:
        InputError: the spool file cannot be used, or another stream uses it.
    """

    def __init__(
        self,
        broker: Broker,
        spool: Path,
        repeat_s: float,
        settings: PublishSettings | None = None,
        *,
        owned: bool = False,
        retained: Sequence[RetainedMessage] = (),
    ) -> None:
        self._filter = ChangeFilter(repeat_s)
        self._run, self._numbers = secrets.token_hex(4), itertools.count(1)
        self.publisher = Publisher(broker, Outbox(spool, owned=owned), settings, retained)

    def on_result(self, result: FrameResult) -> None:
        """Receives a frame and its result."""
        if self._filter.passes(result.result):
            self._put(result.to_dict())

    def on_state(self, change: StateChange) -> None:
        """Receives a change of state."""
        self._put(change.to_dict())

    def close(self) -> None:
        """Sends what is left; what the broker does not take stays on disk."""
        self.publisher.close()

    def _put(self, event: dict[str, Any]) -> None:
        self.publisher.put(to_json({"run": self._run, "n": next(self._numbers), **event}))
