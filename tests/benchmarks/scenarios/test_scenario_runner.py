"""Runs a scenario and returns results."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.reference_work import REFERENCE_INTERVAL
from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.scenarios.scenario_runner import Request, Scenario, run_scenario
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest, open_systems
from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import InputError


@pytest.fixture
def system(colours: Path) -> SystemUnderTest:
    """A small model."""
    return SystemUnderTest.open(colours, EngineOptions("cpu"))


@pytest.fixture
def images(tmp_path: Path) -> tuple[Path, ...]:
    """Four synthetic images."""
    return tuple(write_synthetic_images(tmp_path))


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("scenario", list(Scenario))
def test_every_scenario_gives_the_same_figures(
    system: SystemUnderTest, images: tuple[Path, ...], scenario: Scenario
) -> None:
    """Latency, stages, throughput, verdict; and the names of what was sent."""
    request = Request(scenario, images, 0.2, streams=3, startup=False, image_source="synthetic")
    (result,) = run_scenario([system], request)
    assert (scenario.value, "INVALID") == (result.scenario, result.verdict)
    assert result.samples == len(result.record.total_ms) >= 1
    assert "inference" in result.stages_ms
    assert ("drawn-0.jpg", "drawn-1.jpg", "drawn-2.jpg", "drawn-3.jpg") == result.record.queries
    assert result.images_per_second > 0
    assert ("synthetic", True) == (result.images, result.harness.inside_ms > 0)


@pytest.mark.slow
def test_the_reference_beside_the_samples_is_recorded(
    system: SystemUnderTest, images: tuple[Path, ...]
) -> None:
    """What it was, and its time where there was one; a camera's frames do not wait for it."""
    (result,) = run_scenario([system], Request(Scenario.SINGLE_STREAM, images, 0.3, startup=False))
    record = result.record
    assert {"engine": "onnxruntime/CPUExecutionProvider", "threads": 0}.items() <= (
        result.reference or {}
    ).items()
    assert len(record.total_ms) == len(record.reference_ms)
    assert result.seconds == pytest.approx(sum(record.total_ms) / 1e3, rel=0.01)
    assert (len(record.total_ms) >= REFERENCE_INTERVAL) == any(record.reference_ms)
    (camera,) = run_scenario([system], Request(Scenario.CAMERA, images, 0.3, startup=False))
    assert (None, {None}) == (camera.reference, set(camera.record.reference_ms))


@pytest.mark.slow
def test_percentiles_are_the_scenarios_own(system: SystemUnderTest, images: tuple[Path, ...]) -> None:
    """p99 for multi-stream needs 662 queries, p90 for single-stream 64."""
    for scenario, needed in ((Scenario.SINGLE_STREAM, 64), (Scenario.MULTI_STREAM, 662)):
        (result,) = run_scenario([system], Request(scenario, images, 0.1, streams=2, startup=False))
        assert needed == result.rules["samples"]


@pytest.mark.slow
def test_offline_finds_a_batch_size(system: SystemUnderTest, images: tuple[Path, ...]) -> None:
    """Each is reported; the samples are of the best."""
    (result,) = run_scenario([system], Request(Scenario.OFFLINE, images, 0.2, startup=False))
    batches = result.batches or ()
    assert [1, 2, 4, 8, 16] == [batch.size for batch in batches]
    assert result.images_per_query == result.best_batch
    assert (30, None) == (result.rules["samples"], result.rules["percentile"])
    assert result.best_batch == max(batches, key=lambda batch: batch.images_per_second).size


def test_camera_counts_its_frames(system: SystemUnderTest, images: tuple[Path, ...]) -> None:
    """Arrived, processed, dropped; stages with the wait."""
    (result,) = run_scenario([system], Request(Scenario.CAMERA, images, 0.3, rate=20.0, startup=False))
    assert result.frames is not None
    assert result.frames.arrived == result.frames.processed + result.frames.dropped
    assert (20.0, True) == (result.rate, "wait" in result.stages_ms)


@pytest.mark.slow
def test_several_systems_take_turns(colours: Path, images: tuple[Path, ...]) -> None:
    """A result each; only where images arrive one after another."""
    systems = open_systems([colours], ["cpu", "openvino"], EngineOptions())
    results = run_scenario(systems, Request(Scenario.SINGLE_STREAM, images, 0.1, startup=False))
    assert ["onnxruntime/CPUExecutionProvider", "openvino/CPU"] == [result.engine for result in results]
    assert [(), ()] == [result.energy for result in results]  # a rail does not say who used its energy
    with pytest.raises(InputError, match="offline measures one model in one engine: name one of each"):
        run_scenario(systems, Request(Scenario.OFFLINE, images))


@pytest.mark.slow
def test_a_fresh_process_is_measured_too(system: SystemUnderTest, images: tuple[Path, ...]) -> None:
    """Start-up, first image and memory."""
    (result,) = run_scenario([system], Request(Scenario.SINGLE_STREAM, images, 0.1))
    assert result.start is not None
    assert min(result.start.to_dict().values()) > 0
