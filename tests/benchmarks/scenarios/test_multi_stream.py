"""Several images a query."""

from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.scenarios.multi_stream import batch_workload, process_batch
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.edge.engines import EngineOptions

from ...conftest import BLUE, GREEN, RED, plain


def test_a_query_holds_as_many_images_as_there_are_streams(colours: Path, tmp_path: Path) -> None:
    """Also more than there are photos."""
    workload = batch_workload(
        SystemUnderTest.open(colours, EngineOptions("cpu")), write_synthetic_images(tmp_path), size=6
    )
    assert 6 == workload.images
    assert {"decode", "detect", "resize", "inference", "decision"} == workload.issue_query(3).keys()


def test_a_batch_gives_the_results_of_its_images_one_by_one(colours: Path, tmp_path: Path) -> None:
    """The same kinds, labels and probabilities, and every stage once."""
    photos = [tmp_path / f"{number}.png" for number in range(3)]
    for path, colour in zip(photos, (RED, GREEN, BLUE), strict=True):
        cv2.imwrite(str(path), plain(colour))
    system = SystemUnderTest.open(colours, EngineOptions("cpu"))
    results, stages = process_batch(system, photos)
    alone = [system.pipeline.process(photo) for photo in photos]
    assert ["Red", "Green", "Blue"] == [result.label for result in results]
    assert [(r.source, r.kind, r.top, r.faces) for r in alone] == [
        (r.source, r.kind, r.top, r.faces) for r in results
    ]
    assert ["decode", "resize", "inference", "decision"] == list(stages)


def test_copies_to_a_device_are_part_of_the_batch(colours: Path, photo: Path) -> None:
    """Where there are any: they are taken out of the inference, and the sum stays."""
    for bound in (True, None):
        system = SystemUnderTest.open(colours, EngineOptions("cpu", io_binding=bound))
        results, stages = process_batch(system, [photo] * 3)
        copies = {"host-to-device", "device-to-host"} & stages.keys()
        assert (2 if bound else 0) == len(copies)
        assert 3 * sum(results[0].stages_ms.values()) == pytest.approx(sum(stages.values()))
        assert min(stages.values()) > 0
