"""Events of a stream over MQTT."""

import itertools
import json
import secrets
from pathlib import Path
from typing import Any

from edgebreed.edge.camera.address import redact
from edgebreed.edge.camera.events import Answered, StateChange
from edgebreed.live.broker import Broker
from edgebreed.live.messages import answer
from edgebreed.live.news import EVERY_S, News
from edgebreed.live.outbox import Outbox
from edgebreed.live.publisher import Patience, Publisher


class MqttEvents:
    """A sink that publishes answers that changed, and changes of state, as JSON.

    Every event names its `run` (of the program) and its number `n` in it: one that arrives twice, as QoS 1
    allows, is known by them, and so is one that is missing.

    Args:
        broker: where to.
        spool: SQLite file in which events wait while the broker is away.
        every_s: time after which an unchanged answer is told again, in s.
        patience: how long to wait for the broker.

    Raises:
        InputError: the spool cannot be used, or another stream has it.
    """

    def __init__(
        self, broker: Broker, spool: Path, every_s: float = EVERY_S, patience: Patience | None = None
    ) -> None:
        self._news = News(every_s)
        self._run, self._numbers = secrets.token_hex(4), itertools.count(1)
        self.publisher = Publisher(broker, Outbox(spool), patience)

    def answered(self, answered: Answered) -> None:
        """Takes a frame with its answer."""
        if self._news.is_news(answered.result):
            told = {**answer(answered), "counts": answered.counts.to_dict()}
            self._put("answer", answered.captured_at, **told)

    def changed(self, change: StateChange) -> None:
        """Takes a change of state."""
        self._put("state", change.at, state=change.state.value, reason=redact(change.reason))

    def close(self) -> None:
        """Sends what is left; what the broker does not take stays on disk."""
        self.publisher.close()

    def _put(self, event: str, at: float, **fields: Any) -> None:
        told = {"event": event, "at": at, "run": self._run, "n": next(self._numbers), **fields}
        self.publisher.put(json.dumps(told))
