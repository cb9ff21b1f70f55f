"""The record that `edgebreed tune --json` writes."""

from pathlib import Path

from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup
from edgebreed.benchmarks.tune.candidate_accuracy import AccuracyScore
from edgebreed.benchmarks.tune.configurations import Configuration, InferenceConfiguration
from edgebreed.benchmarks.tune.successive_halving import Ranking
from edgebreed.benchmarks.tune.tune_result import (
    BaselineResult,
    CandidateResult,
    CandidateTiming,
    ChosenResult,
    TuneResult,
)
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import HaarSettings

from ...conftest import colour_manifest

TIMING_KEYS = {"p50_ms", "interval_ms", "ratio", "samples", "final"}
CANDIDATE_KEYS = {
    "name",
    "file",
    "precision",
    "input",
    "engine",
    "threads",
    "bytes",
    "accuracy",
    *TIMING_KEYS,
}


def ranking(colours: Path) -> Ranking[Configuration]:
    """A configuration that took 10 ms for each of three frames."""
    inference = InferenceConfiguration(ModelVariant(colours, colour_manifest()), "cpu", 1)
    samples = tuple(Sample(number, 0.0, 10.0, 0.0, {}) for number in range(3))
    recording = Recording(samples, Warmup(0, 0.0, True))
    return Ranking(Configuration(inference), 1.0, 10.0, 3, True, recording)


def test_every_key_is_written(colours: Path, tmp_path: Path) -> None:
    """In plain JSON types, with the version of the record."""
    score = AccuracyScore(0.95, 0.96, 320, "valid")
    candidate = CandidateResult.of(ranking(colours), score)
    chosen = ChosenResult(candidate, score, HaarSettings(), {"plain": 0.5}, tmp_path / "o", tmp_path / "e")
    baseline = BaselineResult("plain", candidate.timing)
    result = TuneResult({}, "2026-11-24", (720, 1280), 3, 1.0, 0.5, [candidate], [baseline], [], chosen)
    data = result.to_dict()
    assert (1, [720, 1280]) == (data["schema"], data["frame"])
    assert CANDIDATE_KEYS == set(data["candidates"][0])
    assert {"name", *TIMING_KEYS} == set(data["baselines"][0])
    assert CANDIDATE_KEYS | {"detector", "by_baseline", "out", "evidence"} == set(data["chosen"])
    assert {"top1", "reference", "n", "photos", "drop_points"} == set(data["chosen"]["accuracy"])
    assert {} == data["rejected"]
    assert colours.stat().st_size == data["chosen"]["bytes"]


def test_the_timing_is_that_of_the_ranking(colours: Path) -> None:
    """With the interval of its median."""
    expected = {"p50_ms": 10.0, "interval_ms": [10.0, 10.0], "ratio": 1.0, "samples": 3, "final": True}
    assert expected == CandidateTiming.of(ranking(colours)).to_dict()


def test_an_accuracy_that_was_not_needed_is_null(colours: Path) -> None:
    """Of a candidate that was too slow to win."""
    assert None is CandidateResult.of(ranking(colours), None).to_dict()["accuracy"]
