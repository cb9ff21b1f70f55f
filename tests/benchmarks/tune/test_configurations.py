"""The configurations that are tried."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.configurations import (
    Configuration,
    InferenceConfiguration,
    inference_configurations,
    thread_counts,
)
from edgebreed.benchmarks.tune.detector_settings import OpenCVDefaultDetector
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import FixedDetector, HaarDetector, HaarSettings
from edgebreed.edge.manifest import Manifest

from ...conftest import GREY, colour_manifest, plain


def variant(path: Path, data: bytes, **changes: object) -> ModelVariant:
    """A file with the first bytes of its format."""
    path.write_bytes(data)
    manifest: Manifest = colour_manifest(**changes)
    return ModelVariant(path, manifest)


def test_each_file_in_each_engine_that_runs_it(tmp_path: Path) -> None:
    """With all processors and half of them; a GPU needs no threads."""
    here = {"cuda": None, "cpu": None, "openvino": "gone", "litert": None, "tensorrt": "gone"}
    onnx, tflite = (
        variant(tmp_path / name, data)
        for name, data in (("a.onnx", b"\x08\x08"), ("b.tflite", b"\0\0\0\0TFL3"))
    )
    found = inference_configurations([onnx, tflite], 4, lambda: here)
    assert [
        ("a.onnx", "cuda", 0),
        ("a.onnx", "cpu", 4),
        ("a.onnx", "cpu", 2),
        ("b.tflite", "litert", 4),
        ("b.tflite", "litert", 2),
    ] == [(one.variant.path.name, one.engine, one.threads) for one in found]


@pytest.mark.parametrize(("cores", "counts"), [(1, [1]), (2, [2, 1]), (4, [4, 2]), (6, [6, 3])])
def test_thread_counts(cores: int, counts: list[int]) -> None:
    """Never none."""
    assert counts == thread_counts(cores)


def test_a_model_opens_with_its_threads_and_a_detector(colours: Path) -> None:
    """And is named by all that makes it."""
    candidate = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu", 1)
    system = candidate.open(FixedDetector(((1, 2, 3, 4),)))
    assert ("colours.onnx in cpu, 1 threads", 1) == (candidate.name, system.options.threads)
    assert ((1, 2, 3, 4),) == system.pipeline.process(plain(GREY)).faces


def test_a_configuration_has_a_detector(colours: Path) -> None:
    """The runtime's with its settings, or OpenCV's default one without."""
    inference = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu")
    assert isinstance(Configuration(inference, HaarSettings()).detector, HaarDetector)
    assert isinstance(Configuration(inference, None).detector, OpenCVDefaultDetector)
