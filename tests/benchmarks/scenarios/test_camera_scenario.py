"""Frames at a fixed rate."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.clock import ManualClock
from edgebreed.benchmarks.scenarios.camera_scenario import CameraFeed, CameraRun
from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.edge.detectors import Detection
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch, Pipeline


class SlowDetector:
    """Takes 50 ms of a clock to find nothing."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def detect(self, frame: Frame) -> list[Detection]:
        """No boxes."""
        self.clock.sleep(0.05)
        return []


@pytest.fixture
def clock() -> ManualClock:
    """Only the detector takes time."""
    return ManualClock()


@pytest.fixture
def slow(colours: Path, clock: ManualClock) -> SystemUnderTest:
    """A system that needs 50 ms a frame."""
    system = SystemUnderTest.open(colours, EngineOptions("cpu"))
    pipeline = Pipeline(
        system.pipeline.engine, system.pipeline.manifest, SlowDetector(clock), FaceSearch.ALWAYS
    )
    return replace(system, pipeline=pipeline)


def run_camera(
    slow: SystemUnderTest, folder: Path, rate: float, seconds: float, clock: ManualClock
) -> CameraRun:
    """The camera scenario on a warm system."""
    return CameraFeed.prepare(slow, write_synthetic_images(folder), 0.5, clock).run(rate, seconds, clock)


def test_a_fast_camera_loses_frames_and_the_newest_is_answered(
    slow: SystemUnderTest, clock: ManualClock, tmp_path: Path
) -> None:
    """80 frames a second, of which every fourth is answered, at once."""
    run = run_camera(slow, tmp_path, 80.0, 1.0, clock)
    assert {"arrived": 77, "processed": 20, "dropped": 57} == run.frames.to_dict()
    assert [50.0] * 20 == pytest.approx(run.recording.totals_ms)
    assert run.recording.seconds == pytest.approx(1.0)


def test_a_frame_that_waited_is_older(slow: SystemUnderTest, clock: ManualClock, tmp_path: Path) -> None:
    """The latency includes the wait."""
    run = run_camera(slow, tmp_path, 30.0, 0.2, clock)
    assert [0.0, 50 - 100 / 3, 0.0, 50 - 100 / 3] == pytest.approx(run.recording.stage("wait"), abs=1e-6)
    assert [50.0, 200 / 3, 50.0, 200 / 3] == pytest.approx(run.recording.totals_ms)


def test_a_slow_camera_loses_none(slow: SystemUnderTest, clock: ManualClock, tmp_path: Path) -> None:
    """The time measured is what passed, pauses included."""
    run = run_camera(slow, tmp_path, 2.0, 5.0, clock)
    assert {"arrived": 10, "processed": 10, "dropped": 0} == run.frames.to_dict()
    assert run.recording.seconds == pytest.approx(5.0)
