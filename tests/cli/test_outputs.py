"""Where a stream puts its answers on this machine."""

import json
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.camera.events import Answered, Counts, State, StateChange
from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Kind, Prediction, Result
from edgebreed.errors import InputError
from edgebreed.outputs.events import EventSink, LogSink
from edgebreed.outputs.recording import RecordingSink

from ..conftest import RED, plain

RESULT = Result("cam#0", Kind.KNOWN, (Prediction("Pug", 0.9),), "dog: Pug (90%)")


def answered(at: float, frame: Frame | None = None) -> Answered:
    """A frame that was captured at a Unix time in s."""
    return Answered(plain(RED, 64, 48) if frame is None else frame, RESULT, 0, at, 5.0, Counts(1, 1))


def film(path: Path) -> tuple[int, int, int]:
    """Frames, width and height of a video."""
    video = cv2.VideoCapture(str(path))
    keys = (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    numbers = tuple(round(video.get(key)) for key in keys)
    video.release()
    return numbers  # type: ignore[return-value]  # three of them


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_a_films_answers_are_recorded_frame_by_frame(tmp_path: Path, name: str) -> None:
    """However long each took, with the answer in a bar below."""
    sink = RecordingSink(tmp_path / name, 25.0, timed=False, overwrite=False)
    for at in (100.0, 100.001, 109.0):
        sink.answered(answered(at))
    sink.close()
    assert (3, 64, 72) == film(tmp_path / name)


def test_a_cameras_film_plays_at_the_speed_of_life(tmp_path: Path) -> None:
    """Pictures are repeated where frames were dropped; a long loss is cut to two seconds."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False)
    for at in (100.0, 100.5, 100.52, 160.0):
        sink.answered(answered(at))
    sink.close()
    assert 1 + 5 + 0 + 20 == pytest.approx(film(tmp_path / "r.avi")[0], abs=1)


def test_a_clock_that_is_set_back_costs_no_pictures(tmp_path: Path) -> None:
    """Time on a device without a battery jumps when the network tells it."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False)
    for at in (700.0, 100.0, 100.1, 100.2):
        sink.answered(answered(at))
    sink.close()
    assert 3 == pytest.approx(film(tmp_path / "r.avi")[0], abs=1)


def test_a_film_slower_than_a_still_lasts_keeps_its_pictures(tmp_path: Path) -> None:
    """One each four seconds is a rate, not a loss."""
    sink = RecordingSink(tmp_path / "r.avi", 0.25, timed=True, overwrite=False)
    for number in range(5):
        sink.answered(answered(100.0 + 4 * number))
    sink.close()
    assert 5 == film(tmp_path / "r.avi")[0]


def test_a_new_resolution_is_scaled_into_the_film(tmp_path: Path) -> None:
    """A film has one size."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=False, overwrite=False)
    sink.answered(answered(1.0))
    sink.answered(answered(2.0, plain(RED, 320, 240)))
    sink.close()
    assert (2, 64, 72) == film(tmp_path / "r.avi")


def test_nothing_is_recorded_of_a_stream_without_answers(tmp_path: Path) -> None:
    """No empty film stays behind."""
    RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False).close()
    assert [] == list(tmp_path.iterdir())


def test_each_event_is_on_disk_at_once(tmp_path: Path) -> None:
    """What was told before a power cut can be read after it."""
    sink = EventSink(tmp_path / "e.jsonl", overwrite=False)
    sink.changed(StateChange(State.RECONNECTING, "no picture", 12.5))
    sink.answered(answered(13.5))
    state, answer = map(json.loads, (tmp_path / "e.jsonl").read_text().splitlines())
    sink.close()
    assert {"type": "state", "state": "reconnecting", "reason": "no picture", "at": 12.5} == state
    assert {**RESULT.to_dict(), "type": "answer", "number": 0, "captured_at": 13.5, "age_ms": 5.0} == answer


def test_a_full_disk_is_one_line() -> None:
    """With the file and the system's reason."""
    sink = EventSink(Path("/dev/full"), overwrite=True)
    with pytest.raises(InputError, match="cannot write events to /dev/full: No space left on device"):
        sink.answered(answered(1.0))
    with pytest.raises(InputError, match="cannot write events to /dev/full"):
        sink.close()


@pytest.mark.parametrize("name", ["r.avi", "e.jsonl"])
def test_what_is_there_stays(tmp_path: Path, name: str) -> None:
    """Unless it may be replaced."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match=f"{name} exists: pass --overwrite or another name"):
        _ = (
            RecordingSink(tmp_path / name, 10.0, timed=True, overwrite=False)
            if name == "r.avi"
            else EventSink(tmp_path / name, overwrite=False)
        )
    assert "mine" == (tmp_path / name).read_text()


def test_people_are_told_when_a_camera_goes_and_comes(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each on standard error; its end is told by the command."""
    sink = LogSink()
    for state in State:
        sink.changed(StateChange(state, "why", 0.0))
    sink.answered(answered(1.0))
    sink.close()
    out, err = capsys.readouterr()
    assert ("", ["edgebreed: running: why", "edgebreed: reconnecting: why"]) == (out, err.splitlines())
