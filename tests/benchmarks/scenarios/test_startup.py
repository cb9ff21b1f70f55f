"""Time to the first result, in a fresh process."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.benchmarks.scenarios.startup import measure_startup
from edgebreed.edge.engines import EngineOptions
from edgebreed.errors import EngineError


def test_start_and_first_image_are_reported_apart(colours: Path, photo: Path) -> None:
    """In ms, and the memory of that process alone."""
    start = measure_startup(colours, EngineOptions("cpu"), photo)
    assert 0 < start.import_ms < start.ready_ms
    assert start.ready_ms == pytest.approx(start.import_ms + start.open_ms)
    assert start.first_image_ms > 0
    assert 20 < start.peak_memory_mb < 2000


@pytest.mark.slow
def test_a_parents_memory_is_not_the_childs(colours: Path, photo: Path) -> None:
    """However much the process that starts it has in use."""
    before = measure_startup(colours, EngineOptions("cpu"), photo).peak_memory_mb
    ballast = np.ones(2**27, np.float64)  # 1 GB
    after = measure_startup(colours, EngineOptions("cpu"), photo).peak_memory_mb
    assert ballast[-1] == 1.0
    assert after == pytest.approx(before, rel=0.1)


def test_a_process_that_fails_says_why(tmp_path: Path, photo: Path) -> None:
    """Its last line."""
    with pytest.raises(EngineError, match=r"a fresh process with .*gone\.onnx failed: .*cannot read model"):
        measure_startup(tmp_path / "gone.onnx", EngineOptions("cpu"), photo)


def test_its_engine_has_the_same_options(colours: Path, photo: Path) -> None:
    """A slow board's longer time limits, for example; here one that nothing can keep."""
    with pytest.raises(EngineError, match=r"failed: .*cpu did not open .*colours\.onnx within 1e-06 s: give"):
        measure_startup(colours, EngineOptions("cpu", open_timeout_s=1e-6), photo)
