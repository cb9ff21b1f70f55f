"""The pipeline against the same steps called natively."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.studies.native_overhead import (
    NativeComparison,
    compare_with_native,
    main,
    open_native_engine,
)
from edgebreed.edge.engines import EngineOptions

from ...conftest import RED, plain

STEPS = {"decode": 1.0, "detect": 8.0, "resize": 1.0, "inference": 30.0}


def test_ratios_and_bounds() -> None:
    """3 % for the inference stage, 5 % for the whole."""
    good = NativeComparison("cpu", 4, 9, 30.6, 30.0, 41.0, STEPS)
    assert (1.02, 1.025) == pytest.approx((good.inference_ratio, good.whole_ratio))
    assert good.passed
    assert not NativeComparison("cpu", 4, 9, 31.2, 30.0, 41.0, STEPS).passed
    assert not NativeComparison("cpu", 4, 9, 30.0, 30.0, 42.4, STEPS).passed


def test_every_way_is_measured(colours: Path, photo: Path) -> None:
    """Each photo in each way, at least once."""
    system = SystemUnderTest.open(colours, EngineOptions("cpu"))
    found = compare_with_native(system, [photo, photo], seconds=0.0)
    assert (1, 2, set(STEPS)) == (found.rounds, found.images, set(found.native_steps_ms))
    times = (found.pipeline_inference_ms, found.native_inference_ms, found.pipeline_ms)
    assert min(*times, *found.native_steps_ms.values()) > 0


def test_it_runs_as_a_command(colours: Path, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And prints both ratios; the exit code says whether they hold."""
    code = main([str(photo), "--model", str(colours), "--seconds", "0"])
    assert code in (0, 1)
    assert 2 == capsys.readouterr().out.count("ratio ")


@pytest.mark.parametrize("engine", ["onnxruntime/CPUExecutionProvider", "openvino/CPU"])
def test_a_native_engine_gives_the_models_outputs(colours: Path, engine: str) -> None:
    """Red for red."""
    batch = np.ascontiguousarray(plain(RED, 8, 8)[None, ..., ::-1])
    (probabilities,) = open_native_engine(colours, engine, threads=1)(batch)
    assert (1, 3) == probabilities.shape
    assert 0 == probabilities[0].argmax()
