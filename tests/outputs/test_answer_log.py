"""Answers on standard error, where nothing else shows them."""

import logging
from dataclasses import replace

import pytest

from edgebreed.edge.prediction import Kind
from edgebreed.edge.stream.events import State
from edgebreed.outputs.answer_log import AnswerLogSink

from ..live.feed import TOP, change, frame_result, result


def test_only_changes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Of the class or of the kind, and not of a probability."""
    caplog.set_level(logging.INFO, "edgebreed.outputs")
    sink = AnswerLogSink()
    sink.on_state(change(State.RUNNING))
    for number, label in enumerate(("square", "square", "star")):
        sink.on_result(frame_result(number, of=result(number, label)))
    sink.on_result(frame_result(3, of=result(3, "star", kind=Kind.UNKNOWN, summary="unknown")))
    sink.close()
    assert ["camera 0#0: shape: square (90%)", "camera 0#2: shape: star (90%)", "camera 0#3: unknown"] == (
        caplog.messages
    )


def test_a_second_label_is_a_change(caplog: pytest.LogCaptureFixture) -> None:
    """Of a multi-label model."""
    caplog.set_level(logging.INFO, "edgebreed.outputs")
    sink = AnswerLogSink()
    for number, labels in enumerate((TOP[:1], TOP[:1], TOP[:2])):
        sink.on_result(frame_result(number, of=result(number, labels=labels, summary=f"{len(labels)}")))
    assert ["camera 0#0: 1", "camera 0#2: 2"] == caplog.messages


def test_a_password_in_the_address_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Logs are kept, and read by others."""
    caplog.set_level(logging.INFO, "edgebreed.outputs")
    answer = replace(result(), source="rtsp://me:s3cret@camera/1#0")
    AnswerLogSink().on_result(frame_result(of=answer))
    assert "s3cret" not in caplog.text
