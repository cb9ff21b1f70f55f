"""Finds the events that a broker refuses, from the connections that it ends."""

from dataclasses import dataclass

TRIES, MOST_TRIES = 3, 10


@dataclass
class _Suspect:
    failures: int = 0
    others_accepted: bool = False


class Refusals:
    """Tells an event that the broker does not take from a network or a topic that is at fault.

    MQTT 3.1.1 has no answer for a message that is too large or not allowed: a broker closes the connection.
    What was on its way is then sent alone. An event during which, alone, the connection ended `TRIES` times
    is passed over; if the broker takes a later one, it is tried again, and is refused should it fail once
    more. If the broker takes no other event either, then the topic is at fault, and no event is refused. If
    connections also end without an event's fault, then more tries are needed, up to `MOST_TRIES`.

    Attributes:
        passed_to: events up to this number are not sent for now.
        alone_to: events up to this number are sent one at a time.
    """

    def __init__(self) -> None:
        self.passed_to = self.alone_to = 0
        self._tries = TRIES
        self._suspects: dict[int, _Suspect] = {}

    def connection_ended(self, unacked: set[int]) -> int | None:
        """Takes note that a connection ended, with these events on their way, or only the status.

        Returns:
            The number of an event that is refused, if there is one.
        """
        self.alone_to = max(self.alone_to, *unacked, 0)
        if not unacked:
            self._suspect_network()
        if len(unacked) != 1:
            return None
        (number,) = unacked
        suspect = self._suspects.setdefault(number, _Suspect())
        suspect.failures += 1
        if suspect.failures < self._tries:
            return None
        if suspect.others_accepted:
            del self._suspects[number]
            return number
        self.passed_to = number
        return None

    def accepted(self, numbers: set[int]) -> bool:
        """Takes note of acknowledged events; returns whether to go back to those that were passed over."""
        for number in numbers:
            if self._suspects.pop(number, None):
                self._suspect_network()
        for suspect in self._suspects.values():
            suspect.others_accepted = True
        go_back, self.passed_to = self.passed_to > 0, 0
        return go_back

    def _suspect_network(self) -> None:
        self._tries = min(self._tries + 1, MOST_TRIES)
