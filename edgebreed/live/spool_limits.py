"""How much may wait for the broker."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpoolLimits:
    """Bounds of the queue; beyond them, the oldest events are discarded.

    Attributes:
        events: on disk.
        bytes: that the spool takes at any moment, with the copy of itself that it makes to shrink.
        events_in_memory: beyond which a slow broker is treated as unreachable.
    """

    events: int = 100_000
    bytes: int = 64 << 20
    events_in_memory: int = 1000

    @property
    def event_bytes(self) -> int:
        """Largest event."""
        return self.bytes // 8

    @property
    def memory_bytes(self) -> int:
        """Most bytes of events in memory."""
        return self.bytes // 8

    @property
    def kept_bytes(self) -> int:
        """Most bytes that are left when the file shrinks."""
        return self.bytes * 3 // 8

    @property
    def file_bytes(self) -> int:
        """Size beyond which the file shrinks: with what is left and a full memory it is reached again."""
        return self.kept_bytes + self.memory_bytes + self.event_bytes
