"""Frames at a fixed rate."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.camera import Camera, CameraRun, watch
from edgebreed.benchmarks.clock import FixedClock
from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.detectors import Detection
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch, Pipeline


class SlowDetector:
    """Takes 50 ms of a clock to find nothing."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock

    def detect(self, frame: Frame) -> list[Detection]:
        """No boxes."""
        self.clock.sleep(0.05)
        return []


@pytest.fixture
def clock() -> FixedClock:
    """Only the detector takes time."""
    return FixedClock()


@pytest.fixture
def slow(colours: Path, clock: FixedClock) -> Subject:
    """A subject that needs 50 ms a frame."""
    subject = Subject.open(colours, EngineOptions("cpu"))
    pipeline = Pipeline(
        subject.pipeline.engine, subject.pipeline.manifest, SlowDetector(clock), FaceSearch.ALWAYS
    )
    return replace(subject, pipeline=pipeline)


def watched(slow: Subject, folder: Path, rate: float, seconds: float, clock: FixedClock) -> CameraRun:
    """A camera in front of a warm subject."""
    return watch(Camera.ready(slow, write_drawn(folder), 0.5, clock), rate, seconds, clock)


def test_a_fast_camera_loses_frames_and_the_newest_is_answered(
    slow: Subject, clock: FixedClock, tmp_path: Path
) -> None:
    """80 frames a second, of which every fourth is answered, at once."""
    run = watched(slow, tmp_path, 80.0, 1.0, clock)
    assert {"arrived": 77, "processed": 20, "dropped": 57} == run.to_dict()["frames"]
    assert [50.0] * 20 == pytest.approx(run.recording.totals_ms)
    assert run.recording.seconds == pytest.approx(1.0)


def test_a_frame_that_lay_there_is_older(slow: Subject, clock: FixedClock, tmp_path: Path) -> None:
    """An answer's age holds its wait."""
    run = watched(slow, tmp_path, 30.0, 0.2, clock)
    assert [0.0, 50 - 100 / 3, 0.0, 50 - 100 / 3] == pytest.approx(run.recording.stage("wait"), abs=1e-6)
    assert [50.0, 200 / 3, 50.0, 200 / 3] == pytest.approx(run.recording.totals_ms)


def test_a_slow_camera_loses_none(slow: Subject, clock: FixedClock, tmp_path: Path) -> None:
    """The time measured is what passed, pauses included."""
    run = watched(slow, tmp_path, 2.0, 5.0, clock)
    assert {"arrived": 10, "processed": 10, "dropped": 0} == run.to_dict()["frames"]
    assert run.recording.seconds == pytest.approx(5.0)
