"""How often does `bench compare` find a slowdown of 10 %, and how often does it see one that is not there?

    python -m edgebreed.benchmarks.studies.compare_power IMAGES KEEP [--pairs 20] [--duration 10] [--json]

Runs are measured in fresh processes, one after another, and each run is compared with the next. Whether a run
is plain or slowed is drawn so that as many neighbours are of the same kind (is a difference invented?) as are
of two kinds (is the difference found?), in a random order: both sorts of pairs lie equally far apart in time,
and no rhythm of the machine can favour one. With 20 pairs of each these are 41 runs, some 12 minutes. The
results stay in the folder KEEP. The exit code is 1 where fewer than 19 of 20 pairs of either sort come out
right.
"""

import argparse
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import pstdev
from typing import Any

from edgebreed.benchmarks.report.result_file import BenchRun, read_runs
from edgebreed.benchmarks.scenarios.scenario_runner import Request, Scenario, run_scenario
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.stats.compare import DIFFERENT, Comparison, ComparisonOutcome, compare
from edgebreed.benchmarks.studies.study_record import JSON_HELP, PACKAGE, publish
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import Pipeline, Stopwatch
from edgebreed.edge.prediction import Result
from edgebreed.edge.source_image import Image
from edgebreed.progress import track

SLOWDOWN = 0.10
REQUIRED_SHARE = 0.95  # of the pairs of either sort: 19 of 20
PLAIN, SLOWED = "plain", "slowed"


class SlowedPipeline(Pipeline):
    """A pipeline that takes a share longer for each image, by waiting in a busy loop."""

    share = SLOWDOWN

    def process(self, image: Image, source: str = "", watch: Stopwatch | None = None) -> Result:
        """Processes an image and then waits."""
        start = time.perf_counter()
        result = super().process(image, source, watch)
        end = time.perf_counter() + self.share * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result


@dataclass(frozen=True)
class ComparePower:
    """How the comparisons came out.

    Attributes:
        equal: comparisons of runs of one kind.
        slowed: comparisons of a slowed run with a plain one, whichever was measured first.
    """

    equal: tuple[Comparison, ...]
    slowed: tuple[Comparison, ...]

    @property
    def true_negatives(self) -> int:
        """Equal pairs in which no difference was reported."""
        return sum(one.outcome not in DIFFERENT for one in self.equal)

    @property
    def true_positives(self) -> int:
        """Pairs in which the slowdown was found."""
        return sum(one.outcome is ComparisonOutcome.SLOWER for one in self.slowed)

    @property
    def passed(self) -> bool:
        """Whether enough pairs of either sort came out right."""
        enough_negatives = self.true_negatives >= REQUIRED_SHARE * len(self.equal)
        return enough_negatives and self.true_positives >= REQUIRED_SHARE * len(self.slowed)

    @property
    def run_to_run_std(self) -> float:
        """Standard deviation of one run's level, that of its samples included.

        `compare.RUN_TO_RUN_STD` is what lies beyond that of the samples, and so not above this.
        """
        return pstdev(math.log(one.ratio) for one in self.equal) / math.sqrt(2)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "equal_pairs": len(self.equal),
            "true_negatives": self.true_negatives,
            "slowed_pairs": len(self.slowed),
            "true_positives": self.true_positives,
            "run_to_run_std": self.run_to_run_std,
            "equal_ratios": [one.ratio for one in self.equal],
            "slowed_ratios": [one.ratio for one in self.slowed],
            "passed": self.passed,
        }


def draw_kinds(pairs: int, seed: int) -> list[str]:
    """Plain or slowed, for each run: as many changes as repetitions, in a random order."""
    changes = [True] * pairs + [False] * pairs
    random.Random(seed).shuffle(changes)
    kinds = [PLAIN]
    for change in changes:
        kinds.append({PLAIN: SLOWED, SLOWED: PLAIN}[kinds[-1]] if change else kinds[-1])
    return kinds


def compare_neighbours(kinds: Sequence[str], runs: Sequence[BenchRun]) -> ComparePower:
    """Compares each run with the next."""
    equal, slowed = [], []
    for (kind, run), (next_kind, next_run) in pairwise(zip(kinds, runs, strict=True)):
        if kind == next_kind:
            equal.append(compare(run, next_run))
        else:
            slowed.append(compare(run, next_run) if kind == PLAIN else compare(next_run, run))
    return ComparePower(tuple(equal), tuple(slowed))


def measure_one(images: Path, out: Path, slowed: bool, duration: float) -> None:
    """Measures the shipped model once and writes the result."""
    system = SystemUnderTest.open(None, EngineOptions())
    if slowed:
        plain = system.pipeline
        system = replace(system, pipeline=SlowedPipeline(plain.engine, plain.manifest, plain.detector))
    paths = tuple(find_photos([images]))
    (result,) = run_scenario([system], Request(Scenario.SINGLE_STREAM, paths, duration, startup=False))
    out.write_text(json.dumps(result.to_dict()))


def measure_all(images: Path, keep: Path, kinds: Sequence[str], duration: float) -> list[BenchRun]:
    """Measures each run in a process of its own."""
    keep.mkdir(parents=True, exist_ok=True)
    runs = []
    for number, kind in track(enumerate(kinds), "runs", len(kinds)):
        out = keep / f"{number:03}-{kind}.json"
        arguments = [str(images), str(out), "--one", kind, "--duration", str(duration)]
        subprocess.run([sys.executable, "-m", f"{PACKAGE}.compare_power", *arguments], check=True)
        runs += read_runs(out)
    return runs


def main() -> int:
    """Measures, compares and prints; 1 where too few pairs came out right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("images", type=Path, help="folder of photos")
    parser.add_argument("keep", type=Path, help="folder for the results of all runs")
    parser.add_argument("--pairs", type=int, default=20, help="pairs of either sort; 20 by default")
    parser.add_argument("--duration", type=float, default=10.0, help="seconds of a run; 10 by default")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the runs")
    parser.add_argument("--one", choices=(PLAIN, SLOWED), help="measure one run and write it to KEEP")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args()
    if options.one:
        measure_one(options.images, options.keep, options.one == SLOWED, options.duration)
        return 0
    kinds = draw_kinds(options.pairs, options.seed)
    power = compare_neighbours(kinds, measure_all(options.images, options.keep, kinds, options.duration))
    if options.json:
        publish("compare_power", len(kinds), power.to_dict())
    else:
        _print(power)
    return 0 if power.passed else 1


def _print(power: ComparePower) -> None:
    for name, comparisons in (("same", power.equal), (SLOWED, power.slowed)):
        for comparison in comparisons:
            print(f"{name}: {comparison.summary} ({comparison.basis})")
    print(
        f"no difference in {power.true_negatives} of {len(power.equal)} pairs of the same, slower in "
        f"{power.true_positives} of {len(power.slowed)}; a run's level varies by {power.run_to_run_std:.4f}"
    )


if __name__ == "__main__":
    sys.exit(main())
