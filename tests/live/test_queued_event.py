"""An event's line in a spool file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgebreed.live.queued_event import DoneMark, QueuedEvent, parse_line

numbers = st.integers(1, 2**63)


@given(numbers, st.text().filter(lambda text: not set("\r\n") & set(text)))
def test_an_event_comes_back_as_it_was(number: int, body: str) -> None:
    """Whatever its text, and also at the largest number of 64 bits."""
    event = QueuedEvent(number, body)
    assert event == parse_line(event.to_line())


@given(numbers)
def test_a_mark_comes_back_as_it_was(number: int) -> None:
    """And is no event."""
    assert DoneMark(number) == parse_line(DoneMark(number).to_line())


@given(st.binary() | st.binary().map(lambda text: b"00000000 event 1 " + text))
def test_bytes_of_somebody_else_are_no_event(line: bytes) -> None:
    """And raise nothing."""
    assert parse_line(line) is None


@given(numbers, st.text(), st.data())
def test_a_flipped_bit_is_noticed(number: int, body: str, data: st.DataObject) -> None:
    """Wherever it is in the line."""
    line = bytearray(QueuedEvent(number, body).to_line().strip(b"\n"))
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert parse_line(bytes(line)) is None


@pytest.mark.parametrize("text", ['{\r\n"reason": "a\\nb"\n}\r', '{"reason": "camera \udc80"}'])
def test_json_keeps_its_meaning_on_one_line_of_utf_8(text: str) -> None:
    """With line breaks between its tokens, or half a character in a string."""
    line = QueuedEvent(1, text).to_line()
    event = parse_line(line)
    assert isinstance(event, QueuedEvent)
    assert json.loads(text) == json.loads(event.body)
    assert (2, 0) == (line.count(b"\n"), line.count(b"\r"))


def test_the_size_is_that_of_the_payload() -> None:
    """In bytes."""
    assert (3, "ä1".encode()) == (QueuedEvent(7, "ä1").size, QueuedEvent(7, "ä1").payload)
