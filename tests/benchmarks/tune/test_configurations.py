"""The configurations that are tried."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.tune.configurations import (
    Baseline,
    Configuration,
    InferenceConfiguration,
    inference_configurations,
    thread_counts,
    untried_gpu_engines,
)
from edgebreed.benchmarks.tune.detector_settings import OpenCVDefaultDetector
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import FixedDetector, HaarDetector, HaarSettings, NoDetector
from edgebreed.edge.engines.registry import ENGINES
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import FaceSearch
from edgebreed.edge.task import Task

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


def test_a_gpu_engine_that_is_not_tried_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a GPU, or the engine is installed and does not load."""
    here = {"cuda": "no driver", "tensorrt": "gone", "cpu": None, "openvino": "gone"}
    onnx = [variant(tmp_path / "a.onnx", b"\x08\x08")]
    assert {"cuda": "no driver", "tensorrt": "gone"} == untried_gpu_engines(onnx, lambda: here, lambda: True)
    assert {} == untried_gpu_engines(onnx, lambda: here, lambda: False)
    monkeypatch.setitem(ENGINES, "cuda", replace(ENGINES["cuda"], why_unavailable=lambda: None))
    assert {"cuda": "no driver"} == untried_gpu_engines(onnx, lambda: here, lambda: False)
    tflite = [variant(tmp_path / "b.tflite", b"\0\0\0\0TFL3")]
    assert {} == untried_gpu_engines(tflite, lambda: here, lambda: True)


@pytest.mark.parametrize(("cores", "counts"), [(1, [1]), (2, [2, 1]), (4, [4, 2]), (6, [6, 3])])
def test_thread_counts(cores: int, counts: list[int]) -> None:
    """Never none."""
    assert counts == thread_counts(cores)


def test_a_model_opens_with_its_threads_and_a_detector(colours: Path) -> None:
    """And is named by all that makes it."""
    candidate = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu", 1)
    system = candidate.open(FixedDetector(((1, 2, 3, 4),)))
    assert ("colours.onnx in cpu, 1 thread", 1) == (candidate.name, system.options.threads)
    assert ((1, 2, 3, 4),) == system.pipeline.process(plain(GREY)).faces


@pytest.mark.parametrize(
    ("baseline", "detector", "faces"),
    [
        (None, HaarDetector, FaceSearch.AUTO),
        (Baseline.FLOAT, HaarDetector, FaceSearch.AUTO),
        (Baseline.EVERY_FACE, HaarDetector, FaceSearch.ALWAYS),
        (Baseline.EVERY_FACE_OPENCV, OpenCVDefaultDetector, FaceSearch.ALWAYS),
    ],
)
def test_faces_are_searched_as_the_product_does(
    colours: Path, baseline: Baseline | None, detector: type, faces: FaceSearch
) -> None:
    """Where the answer needs them; in every frame by the baselines that say so."""
    inference = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu")
    pipeline = Configuration(inference, HaarSettings(), baseline).open().pipeline
    assert isinstance(pipeline.detector, detector)
    assert faces is pipeline.faces


@pytest.mark.parametrize("baseline", [None, *Baseline])
def test_a_model_without_people_searches_no_faces(colours: Path, baseline: Baseline | None) -> None:
    """Not even as a baseline."""
    variant = ModelVariant(colours, colour_manifest(task=Task.of("colour", people=False)))
    pipeline = Configuration(InferenceConfiguration(variant, "cpu"), None, baseline).open().pipeline
    assert isinstance(pipeline.detector, NoDetector)
    assert FaceSearch.NEVER is pipeline.faces
