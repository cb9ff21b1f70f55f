"""The trial of `bench compare` on runs whose truth is known."""

import json
from pathlib import Path

import pytest

from edgebreed.benchmarks.compare import Word
from edgebreed.benchmarks.compare_power import SlowedPipeline, judge
from edgebreed.edge.pipeline import Pipeline

from .results import latencies, result


def test_a_planted_delay_is_a_tenth_of_the_work(colours: Path, photo: Path) -> None:
    """The answer stays, and the stages hold nothing of it."""
    plain = Pipeline.open(colours)
    slowed = SlowedPipeline(plain.engine, plain.manifest, plain.detector)
    assert plain.process_photo(photo).top == slowed.process_photo(photo).top
    assert 0.1 == slowed.share


def test_plain_runs_are_compared_with_the_next_and_with_a_slowed_one(colours: Path, tmp_path: Path) -> None:
    """From the files that were kept."""
    for name, seed, factor in (("plain-0", 0, 1.0), ("plain-1", 1, 1.0), ("slowed-0", 2, 1.1)):
        (tmp_path / f"{name}.json").write_text(json.dumps(result(colours, latencies(seed, factor=factor))))
    found = judge(tmp_path, pairs=1)
    assert {"same": [Word.SAME], "slowed": [Word.SLOWER]} == {
        name: [comparison.verdict for comparison in comparisons] for name, comparisons in found.items()
    }
    assert found["slowed"][0].ratio == pytest.approx(1.1, rel=0.02)
