"""The time in which a source is lost: what is reported of it, and when it is given up."""

import time
from dataclasses import dataclass, field

from edgebreed.edge.stream.capture import OPEN_TIMEOUT_S
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.edge.stream.sources import StateCallback
from edgebreed.errors import SourceError


@dataclass(frozen=True)
class ReconnectSettings:
    """When a source counts as lost, and how long to try to reopen it.

    Attributes:
        open_timeout_s: longest time to open, in s.
        read_timeout_s: longest time without a new frame, in s.
        give_up_s: how long to try to reopen a lost source, in s; None tries for ever.
        stale_after_s: how long identical frames are accepted, in s; 0 accepts them for ever.
        stable_s: a source that worked this long, in s, starts its next back-off from the shortest wait.
        fps: frames beyond this rate are dropped; None keeps all.
        backoff: waits between attempts.
        hung_limit_s: how long a driver may hang while the source is lost, in s. Nothing within a process
            frees a device whose driver hangs, so the source then fails, for a service to start anew.
        report_every_s: shortest time between two reports of failed attempts, in s.
    """

    open_timeout_s: float = OPEN_TIMEOUT_S
    read_timeout_s: float = 5.0
    give_up_s: float | None = None
    stale_after_s: float = 10.0
    stable_s: float = 10.0
    fps: float | None = None
    backoff: Backoff = field(default_factory=Backoff)
    hung_limit_s: float = 120.0
    report_every_s: float = 10.0


class Outage:
    """One outage of a source, from its loss on.

    Args:
        name: of the source, without credentials.
        fault: why it is lost.
        settings: when to report and when to give up.
        on_state: is told that the source is lost, and now and then how the attempts to reopen it fail.
    """

    def __init__(self, name: str, fault: str, settings: ReconnectSettings, on_state: StateCallback) -> None:
        self._name, self._fault, self._settings, self._on_state = name, fault, settings, on_state
        self._began = self._reported = time.monotonic()
        on_state(State.RECONNECTING, fault)

    def attempt_failed(self, fault: str) -> None:
        """Takes note of an attempt that failed."""
        self._fault, now = fault, time.monotonic()
        if now - self._reported >= self._settings.report_every_s:
            self._reported = now
            self._on_state(State.RECONNECTING, f"lost for {now - self._began:.0f} s: {fault}")

    def limited(self, seconds: float) -> float:
        """A wait in s that does not exceed the time left until `give_up_s`.

        Raises:
            SourceError: no time is left.
        """
        limit = self._settings.give_up_s
        if limit is None:
            return seconds
        left = self._began + limit - time.monotonic()
        if left <= 0:
            raise SourceError(f"{self._name} was lost and did not come back in {limit:g} s: {self._fault}")
        return min(seconds, left)

    def refuse_hung(self, hung_s: float) -> None:
        """Gives up a source whose driver has hung for a time in s.

        Raises:
            SourceError: this is too long, and so is the outage.
        """
        if min(hung_s, time.monotonic() - self._began) > self._settings.hung_limit_s:
            raise SourceError(
                f"the driver of {self._name} has hung for {hung_s:.0f} s, and holds the device until the "
                "process ends: restart edgebreed"
            )
