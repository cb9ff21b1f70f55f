"""The pipeline against its bare parts."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.studies.native_overhead import Bare, main, measure_bare
from edgebreed.edge.engines import EngineOptions

PARTS = {"decode": 1.0, "detect": 8.0, "resize": 1.0, "inference": 30.0}


def test_ratios_and_bounds() -> None:
    """3 % for the classify stage, 5 % for the whole."""
    good = Bare("cpu", 4, 9, classify_ms=30.6, engine_ms=30.0, whole_ms=41.0, parts_ms=PARTS)
    assert (1.02, 1.025) == pytest.approx((good.classify_ratio, good.whole_ratio))
    assert good.passed
    assert not Bare("cpu", 4, 9, 31.2, 30.0, 41.0, PARTS).passed
    assert not Bare("cpu", 4, 9, 30.0, 30.0, 42.4, PARTS).passed


def test_every_way_is_measured(colours: Path, photo: Path) -> None:
    """Each photo by each, at least once."""
    found = measure_bare(Subject.open(colours, EngineOptions("cpu")), [photo, photo], seconds=0.0)
    assert (1, 2, set(PARTS)) == (found.rounds, found.photos, set(found.parts_ms))
    assert min(found.classify_ms, found.engine_ms, found.whole_ms, *found.parts_ms.values()) > 0


def test_it_runs_as_a_command(colours: Path, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And prints both ratios; the exit code tells whether they hold."""
    code = main([str(photo), "--model", str(colours), "--seconds", "0"])
    assert code in (0, 1)
    assert 2 == capsys.readouterr().out.count("ratio ")
