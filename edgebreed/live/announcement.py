"""Retained messages that describe a stream, sent once a connection."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

TRIES = 3
_LOG = logging.getLogger(__name__)


class RetainedMessage(NamedTuple):
    """A message that the broker keeps for later subscribers."""

    topic: str
    payload: bytes


class Announcement:
    """Says when to send the messages, and leaves them out if connections end on them.

    They go alone, before the events: if a connection ends while they are on their way, then they are the
    likely cause. After `TRIES` such connections in a row they are not sent again, so that they do not keep
    back the events.

    Args:
        messages: what to send once a connection.
    """

    def __init__(self, messages: Sequence[RetainedMessage] = ()) -> None:
        self._messages = list(messages)
        self._is_due = self._on_its_way = False
        self._failures = 0

    def connected(self) -> None:
        """Takes note of a new connection."""
        self._failures += self._on_its_way
        if self._on_its_way and self._failures == TRIES:
            topics = ", ".join(message.topic for message in self._messages)
            _LOG.warning("the broker does not take the messages on %s: they are left out", topics)
        self._is_due, self._on_its_way = self._failures < TRIES, False

    def due(self) -> list[RetainedMessage]:
        """What to send now, while the broker has acknowledged everything that was sent before."""
        if self._on_its_way:
            self._failures = 0
        self._on_its_way = self._is_due and bool(self._messages)
        self._is_due = False
        return self._messages if self._on_its_way else []
