"""What searching faces only where needed saves."""

from pathlib import Path

import cv2

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.studies.face_search_modes import measure_modes, mode_figures, write_frames
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.pipeline import FaceSearch

from ...conftest import RED, plain


def test_both_modes_are_measured_on_the_same_frames(colours: Path, tmp_path: Path) -> None:
    """A red frame is recognised: `auto` searches no face in it, `always` does."""
    image = tmp_path / "red.png"
    cv2.imwrite(str(image), plain(RED))
    frames = write_frames([image], tmp_path)
    assert [(720, 1280, 3)] == [cv2.imread(str(path)).shape for path in frames]  # type: ignore[union-attr]  # each decodes
    recordings = measure_modes(SystemUnderTest.open(colours, EngineOptions("cpu")), frames, 0.2)
    searched = {mode: "detect" in found.samples[0].stages_ms for mode, found in recordings.items()}
    assert {FaceSearch.AUTO: False, FaceSearch.ALWAYS: True} == searched
    figures = mode_figures(recordings)
    assert {"p50_ms", "interval_ms", "samples", "ratio"} == set(figures)
