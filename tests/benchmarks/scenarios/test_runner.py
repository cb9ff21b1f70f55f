"""How images arrive."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.reference_work import EVERY
from edgebreed.benchmarks.scenarios.drawn import write_drawn
from edgebreed.benchmarks.scenarios.runner import Request, Scenario, run
from edgebreed.benchmarks.scenarios.system_under_test import Subject, open_subjects
from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import InputError


@pytest.fixture
def subject(colours: Path) -> Subject:
    """A small model."""
    return Subject.open(colours, EngineOptions("cpu"))


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Path, ...]:
    """Four drawn photos."""
    return tuple(write_drawn(tmp_path))


@pytest.mark.parametrize("scenario", list(Scenario))
def test_every_scenario_tells_the_same_figures(
    subject: Subject, photos: tuple[Path, ...], scenario: Scenario
) -> None:
    """Latency, stages, throughput, verdict; and the names of what was sent."""
    (told,) = run([subject], Request(scenario, photos, 0.2, streams=3, startup=False))
    assert (scenario.value, "INVALID") == (told["scenario"], told["verdict"])
    assert told["samples"] == len(told["record"]["total_ms"]) >= 1
    assert {"p50", "p90", "p99"} <= set(told["latency_ms"])
    assert "inference" in told["stages_ms"]
    assert ["drawn-0.jpg", "drawn-1.jpg", "drawn-2.jpg", "drawn-3.jpg"] == told["record"]["queries"]
    assert told["images_per_second"] > 0


def test_the_reference_beside_the_samples_is_told(subject: Subject, photos: tuple[Path, ...]) -> None:
    """What it was, and its time where there was one; a camera's frames do not wait for it."""
    (told,) = run([subject], Request(Scenario.SINGLE_STREAM, photos, 0.3, startup=False))
    assert {"model": "dogs64.onnx", "threads": 0}.items() <= told["reference"].items()
    assert len(told["record"]["total_ms"]) == len(told["record"]["reference_ms"])
    assert told["seconds"] == pytest.approx(sum(told["record"]["total_ms"]) / 1e3, rel=0.01)
    assert (len(told["record"]["total_ms"]) >= EVERY) == any(told["record"]["reference_ms"])
    (seen,) = run([subject], Request(Scenario.CAMERA, photos, 0.3, startup=False))
    assert (None, {None}) == (seen["reference"], set(seen["record"]["reference_ms"]))


def test_percentiles_are_the_scenarios_own(subject: Subject, photos: tuple[Path, ...]) -> None:
    """p99 for multi-stream needs 662 queries, p90 for single-stream 64."""
    for scenario, fewest in ((Scenario.SINGLE_STREAM, 64), (Scenario.MULTI_STREAM, 662)):
        (told,) = run([subject], Request(scenario, photos, 0.1, streams=2, startup=False))
        assert fewest == told["rules"]["samples"]


def test_offline_finds_a_batch_size(subject: Subject, photos: tuple[Path, ...]) -> None:
    """Each is told; the best has the recording."""
    (told,) = run([subject], Request(Scenario.OFFLINE, photos, 0.2, startup=False))
    assert [1, 2, 4, 8, 16] == [batch["size"] for batch in told["batches"]]
    assert told["images_per_query"] == told["best_batch"]
    assert (30, None) == (told["rules"]["samples"], told["rules"]["percentile"])
    assert told["best_batch"] == max(told["batches"], key=lambda batch: batch["images_per_second"])["size"]


def test_camera_counts_its_frames(subject: Subject, photos: tuple[Path, ...]) -> None:
    """Arrived, processed, dropped; stages with the wait."""
    (told,) = run([subject], Request(Scenario.CAMERA, photos, 0.3, rate=20.0, startup=False))
    frames = told["frames"]
    assert frames["arrived"] == frames["processed"] + frames["dropped"]
    assert "wait" in told["stages_ms"]


def test_several_subjects_take_turns(colours: Path, photos: tuple[Path, ...]) -> None:
    """A result each; only where images arrive one after another."""
    subjects = open_subjects([colours], ["cpu", "openvino"], EngineOptions())
    results = run(subjects, Request(Scenario.SINGLE_STREAM, photos, 0.1, startup=False))
    assert ["onnxruntime/CPUExecutionProvider", "openvino/CPU"] == [told["engine"] for told in results]
    assert [[], []] == [told["energy"] for told in results]  # a rail does not tell whom it gave for
    with pytest.raises(InputError, match="offline measures one model in one engine: name one of each"):
        run(subjects, Request(Scenario.OFFLINE, photos))


def test_a_fresh_process_is_measured_too(subject: Subject, photos: tuple[Path, ...]) -> None:
    """Start-up, first image and memory."""
    (told,) = run([subject], Request(Scenario.SINGLE_STREAM, photos, 0.1))
    assert {"ready_ms", "import_ms", "open_ms", "first_image_ms", "peak_memory_mb"} == set(told["start"])
