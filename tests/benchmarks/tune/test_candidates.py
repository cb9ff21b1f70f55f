"""What is tried."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.candidates import Candidate, candidates, thread_counts
from edgebreed.benchmarks.tune.packages import Package
from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.manifest import Manifest

from ...conftest import GREY, colour_manifest, plain


def package(path: Path, data: bytes, **changes: object) -> Package:
    """A file with the first bytes of its format."""
    path.write_bytes(data)
    manifest: Manifest = colour_manifest(**changes)
    return Package(path, manifest)


def test_each_file_in_each_engine_that_runs_it(tmp_path: Path) -> None:
    """With all processors and half of them; a GPU needs no threads."""
    here = {"cuda": None, "cpu": None, "openvino": "gone", "litert": None, "tensorrt": "gone"}
    found = candidates(
        [package(tmp_path / "a.onnx", b"\x08\x08"), package(tmp_path / "b.tflite", b"\0\0\0\0TFL3")],
        4,
        lambda: here,
    )
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


def test_a_candidate_opens_with_its_threads_and_a_detector(colours: Path) -> None:
    """And is named by all that makes it."""
    candidate = Candidate(Package(colours, colour_manifest()), "cpu", 1)
    subject = candidate.open(FixedDetector(((1, 2, 3, 4),)))
    assert ("colours.onnx in cpu, 1 threads", 1) == (candidate.name, subject.options.threads)
    assert ((1, 2, 3, 4),) == subject.pipeline.process(plain(GREY)).faces
    assert {"precision": "fp32", "input": [8, 8], "engine": "cpu"}.items() <= candidate.to_dict().items()
