"""Finds the events that a broker refuses, from the connections that it ends."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

TRIES, MOST_TRIES = 3, 10
SAME_SIZE = 3  # refused events after which those of their size are refused untried
PROBE_S = 600.0  # for so long: the broker may get another limit
_MOST_SUSPECTS = 100
NO_SIZE = 1 << 62  # bytes, more than any event has


@dataclass
class _Suspect:
    size: int
    failures: int = 0
    others_accepted: bool = False


class Refusals:
    """Tells an event that the broker does not take from a network or a topic that is at fault.

    MQTT 3.1.1 has no answer for a message that is too large or not allowed: a broker closes the connection.
    What was on its way is then sent alone. If the connection ends `TRIES` times during one event alone, then
    it is held with those that may be too large like it, and smaller ones go first. If the broker takes one of
    those, or took only smaller ones before, then one more failure refuses the event. Later events of its size
    need one failure only, other ones that are larger than all that were taken need two, and after `SAME_SIZE`
    of them the size alone refuses for the next `PROBE_S` seconds. If the broker takes no event at all, then
    the topic is at fault, and held events are tried in turn. If connections also end without an event's
    fault, then more tries are needed.

    Args:
        clock: monotonic time, in s.

    Attributes:
        alone_to: events up to this number are sent one at a time.
        held_from: events of this size in bytes and larger ones are held.
        tried_to: held events up to this number have had their turn.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.alone_to = self.tried_to = 0
        self.held_from = self._refused_from = NO_SIZE
        self._refused = self._largest_accepted = 0
        self._untried_until = 0.0
        self._tries = TRIES
        self._suspects: dict[int, _Suspect] = {}

    @property
    def too_large_from(self) -> int | None:
        """Size in bytes from which events are refused untried; None while there is none."""
        known = self._refused >= SAME_SIZE and self._clock() < self._untried_until
        return self._refused_from if known else None

    def connection_ended(self, unacked: Mapping[int, int]) -> int | None:
        """Takes note that a connection ended.

        Args:
            unacked: number and size in bytes of the events on their way; none if it was only the status.

        Returns:
            The number of an event that is refused, if there is one.
        """
        self.send_alone(max(unacked, default=0))
        if not unacked:
            self._suspect_network()
        if len(unacked) != 1:
            return None
        ((number, size),) = unacked.items()
        suspect = self._suspects.setdefault(number, _Suspect(size))
        suspect.failures += 1
        if self._is_refused(suspect):
            self._refuse(number, size)
            return number
        if suspect.failures >= self._tries:
            self.held_from = min(self.held_from, self._suspicious_from(size))
        if size >= self.held_from and not self._is_larger_than_accepted(size):
            self.tried_to = number
        if len(self._suspects) > _MOST_SUSPECTS:
            del self._suspects[next(iter(self._suspects))]
        return None

    def accepted(self, events: Mapping[int, int]) -> bool:
        """Takes note of acknowledged events, by number and size; returns whether held ones are released."""
        for number in events:
            if self._suspects.pop(number, None):
                self._suspect_network()
        for suspect in self._suspects.values():
            suspect.others_accepted = True
        largest, self.tried_to = max(events.values()), 0
        self._largest_accepted = max(self._largest_accepted, largest)
        if largest < self.held_from:
            return False
        if largest >= self._refused_from:
            self._refused_from, self._refused = NO_SIZE, 0
        self.held_from = self._refused_from
        return True

    def send_alone(self, number: int) -> None:
        """Sends the events up to this number one at a time."""
        self.alone_to = max(self.alone_to, number)

    def forget(self, numbers: Collection[int]) -> None:
        """Takes note that events are gone."""
        for number in numbers:
            self._suspects.pop(number, None)

    def _is_refused(self, suspect: _Suspect) -> bool:
        larger, few = self._is_larger_than_accepted(suspect.size), max(1, self._tries - TRIES)
        if suspect.size >= self._refused_from:
            return suspect.failures >= few
        if larger and self._refused:
            return suspect.failures > few
        return suspect.failures > self._tries and (suspect.others_accepted or larger)

    def _is_larger_than_accepted(self, size: int) -> bool:
        return size > self._largest_accepted > 0

    def _suspicious_from(self, size: int) -> int:
        """Sizes that may be too large where this one is: all that were not taken yet, or from its half on."""
        return self._largest_accepted + 1 if self._is_larger_than_accepted(size) else size // 2 + 1

    def _refuse(self, number: int, size: int) -> None:
        del self._suspects[number]
        if size >= self.held_from:  # else it is not its size
            self._refused += 1
            self._refused_from = min(self._refused_from, size)
            self._untried_until = self._clock() + PROBE_S

    def _suspect_network(self) -> None:
        self._tries = min(self._tries + 1, MOST_TRIES)
