"""What is measured of a file, tried on the processor."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.studies.gpu_measurement import (
    DEFAULT,
    FIRST,
    NATIVE,
    PRODUCT,
    TORCH,
    FileFigures,
    GpuPlan,
    first_version,
    measure_file,
)
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.preprocess import DecodeRule

from ...conftest import RED, plain

PLAN = GpuPlan("cpu", rounds=2, images=3, torch=False)


@pytest.fixture
def figures(colours: Path) -> FileFigures:
    """Of the model that tells colours."""
    return measure_file(colours, cv2.imencode(".jpg", plain(RED))[1].tobytes(), PLAN)


def test_each_way_is_timed(figures: FileFigures) -> None:
    """In each round of one image, and in fewer of a batch and of a photo."""
    assert {PRODUCT: 2, NATIVE: 2, DEFAULT: 2} == {way: len(ms) for way, ms in figures.single.items()}
    assert {PRODUCT: 1, NATIVE: 1} == {way: len(ms) for way, ms in figures.batch.items()}
    assert {PRODUCT: 1, FIRST: 1} == {way: len(ms) for way, ms in figures.photo.items()}
    assert ["decode", "resize", "inference", "decision"] == list(figures.stages_ms)


def test_the_answers_are_checked(figures: FileFigures) -> None:
    """All ways give the same, and the golden vectors hold."""
    assert {NATIVE: 0.0, DEFAULT: 0.0} == figures.max_difference
    assert ("colour: Red (100%)", True) == (figures.answer, figures.verified["passed"])
    assert ({"CPUExecutionProvider"}, False) == (set(figures.placement), figures.cuda_graph)


def test_the_record_has_ratios_to_each_other_way(figures: FileFigures) -> None:
    """Of edgebreed's time to theirs; batches as images per second."""
    single, batch = {PRODUCT: [1.0], TORCH: [2.0]}, {PRODUCT: [10.0], TORCH: [8.0]}
    found = replace(figures, single=single, batch=batch).to_dict(images=3)
    assert (0.5, 1.25) == tuple(found["time_ratio_to"][part][TORCH]["p50"] for part in ("single", "batch"))
    assert 300.0 == pytest.approx(found["images_per_second"][PRODUCT]["p50"])


def test_the_first_version_decoded_all_and_searched_faces(colours: Path) -> None:
    """Also where the model decodes reduced and knows the picture."""
    opened = Pipeline.open(colours, EngineOptions("cpu"))
    spec = replace(opened.manifest.input, decode=DecodeRule.REDUCED)
    reduced = Pipeline(opened.engine, replace(opened.manifest, input=spec), opened.detector)
    assert None is reduced.process(plain(RED)).faces
    first = first_version(reduced)
    assert () == first.process(plain(RED)).faces
    assert DecodeRule.FULL is first.manifest.input.decode
