"""When the messages that describe a stream are sent, and when they are left out."""

import pytest

from edgebreed.live.announcement import TRIES, Announcement, RetainedMessage

MESSAGES = [RetainedMessage("a/config", b"{}"), RetainedMessage("b/config", b"{}")]


def test_the_messages_go_once_a_connection() -> None:
    """And again after a reconnection."""
    announcement = Announcement(MESSAGES)
    assert [] == announcement.due()
    for _ in range(2 * TRIES):
        announcement.connected()
        assert [MESSAGES, [], []] == [announcement.due() for _ in range(3)]


def test_without_messages_nothing_is_due() -> None:
    """However often the stream connects."""
    announcement = Announcement()
    for _ in range(2 * TRIES):
        announcement.connected()
        assert [] == announcement.due()


def test_messages_on_which_connections_end_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """After a few in a row; the log says so once, and where they went."""
    announcement = Announcement(MESSAGES)
    sent = 0
    for _ in range(2 * TRIES):
        announcement.connected()
        sent += bool(announcement.due())
    assert TRIES == sent
    assert [
        "the broker does not take the messages on a/config, b/config: they are left out"
    ] == caplog.messages


def test_an_acknowledgement_excuses_earlier_failures() -> None:
    """Those of an unstable network do not add up."""
    announcement = Announcement(MESSAGES)
    for number in range(3 * TRIES):
        announcement.connected()
        assert MESSAGES == announcement.due()
        if number % 2:
            assert [] == announcement.due()
