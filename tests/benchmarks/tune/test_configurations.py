"""What is tried."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.configurations import Candidate, candidates, thread_counts
from edgebreed.benchmarks.tune.variants import Package
from edgebreed.edge.haar import FixedDetector
from edgebreed.edge.manifest import Manifest

from ...conftest import colour_manifest


def package(name: str, **changes: object) -> Package:
    """A file that need not be there."""
    manifest: Manifest = colour_manifest(**changes)
    return Package(Path(name), manifest)


def test_each_file_in_each_engine_that_runs_it() -> None:
    """With all processors and half of them; a GPU needs no threads."""
    here = {"cuda": True, "cpu": True, "openvino": False, "litert": True, "tensorrt": False}
    found = candidates([package("a.onnx"), package("b.tflite")], 4, lambda: here)
    assert [
        ("a.onnx", "cuda", 0),
        ("a.onnx", "cpu", 4),
        ("a.onnx", "cpu", 2),
        ("b.tflite", "litert", 4),
        ("b.tflite", "litert", 2),
    ] == [(one.package.path.name, one.engine, one.threads) for one in found]


@pytest.mark.parametrize(("cores", "counts"), [(1, [1]), (2, [2, 1]), (4, [4, 2]), (6, [6, 3])])
def test_thread_counts(cores: int, counts: list[int]) -> None:
    """Never none."""
    assert counts == thread_counts(cores)


def test_a_candidate_opens_with_its_threads_and_a_detector(colours: Path, photo: Path) -> None:
    """And is named by all that makes it."""
    candidate = Candidate(Package(colours, colour_manifest()), "cpu", 1)
    subject = candidate.open(FixedDetector(((1, 2, 3, 4),)))
    assert ("colours.onnx in cpu, 1 threads", 1) == (candidate.name, subject.options.threads)
    assert ((1, 2, 3, 4),) == subject.pipeline.process_photo(photo).faces
    assert {"precision": "fp32", "input": [8, 8], "engine": "cpu"}.items() <= candidate.to_dict().items()
