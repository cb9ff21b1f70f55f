"""How much may wait."""

from edgebreed.live.spool_limits import SpoolLimits


def test_the_file_and_its_copy_fit_into_the_limit() -> None:
    """Also when it shrinks just as a full memory is written."""
    limits = SpoolLimits(bytes=8_000)
    assert limits.file_bytes + limits.kept_bytes <= limits.bytes
    assert limits.kept_bytes + limits.memory_bytes + limits.event_bytes <= limits.file_bytes


def test_the_default_holds_hours_of_events() -> None:
    """At 700 bytes each and one a second, also after the file has just shrunk."""
    assert SpoolLimits().kept_bytes / 700 / 3600 > 9
