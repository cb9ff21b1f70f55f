"""Tries `bench compare` on runs whose truth is known: nothing changed, or 10 % slower.

`python -m edgebreed.benchmarks.compare_power PHOTOS KEEP [--pairs 20] [--duration 10] [--seed 0]` measures in
fresh processes, one after another, and compares each run with the next. Whether a run is a plain or a slowed
one is drawn so that as many neighbours are of the same kind (is a difference invented?) as are of two kinds
(is the difference found?), in a random order: both sorts of pairs lie equally far apart in time, and no
rhythm of the machine can favour one. With 20 pairs of each that are 41 runs, some 12 minutes. The results
stay in the folder KEEP.
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

from edgebreed.benchmarks.compare import DIFFERENT, Comparison, Word, compare
from edgebreed.benchmarks.result_file import Run, read_runs
from edgebreed.benchmarks.scenario import Request, Scenario, run
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.prediction import Result
from edgebreed.progress import track

PLANTED = 0.10
ENOUGH = 0.95  # of the pairs of either sort: 19 of 20
PLAIN, SLOWED = "plain", "slowed"


class SlowedPipeline(Pipeline):
    """Takes a share longer for each photo, by working on nothing."""

    share = PLANTED

    def process_photo(self, path: Path) -> Result:
        """Answers a photo, late."""
        start = time.perf_counter()
        result = super().process(path)
        end = time.perf_counter() + self.share * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result


@dataclass(frozen=True)
class Power:
    """How the comparisons came out.

    Attributes:
        same: of runs of one kind.
        slowed: of a slowed run against a plain one, whichever was first.
    """

    same: tuple[Comparison, ...]
    slowed: tuple[Comparison, ...]

    @property
    def quiet(self) -> int:
        """Pairs of the same in which no difference was told."""
        return sum(one.verdict not in DIFFERENT for one in self.same)

    @property
    def found(self) -> int:
        """Pairs in which the planted delay was found."""
        return sum(one.verdict is Word.SLOWER for one in self.slowed)

    @property
    def passed(self) -> bool:
        """Whether both are enough."""
        return self.quiet >= ENOUGH * len(self.same) and self.found >= ENOUGH * len(self.slowed)

    @property
    def run_to_run(self) -> float:
        """Standard deviation of one run's level, its samples' own spread included.

        `compare.RUN_TO_RUN` is what lies beyond that spread, and so not above this.
        """
        return pstdev(math.log(one.ratio) for one in self.same) / math.sqrt(2)


def kinds(pairs: int, seed: int) -> list[str]:
    """Plain or slowed, for each run: as many changes as stays, in a random order."""
    changes = [True] * pairs + [False] * pairs
    random.Random(seed).shuffle(changes)
    found = [PLAIN]
    for change in changes:
        found.append({PLAIN: SLOWED, SLOWED: PLAIN}[found[-1]] if change else found[-1])
    return found


def judge(kinds_: Sequence[str], runs: Sequence[Run]) -> Power:
    """Compares each run with the next."""
    same, slowed = [], []
    for (kind, run_), (next_kind, next_run) in pairwise(zip(kinds_, runs, strict=True)):
        if kind == next_kind:
            same.append(compare(run_, next_run))
        else:
            slowed.append(compare(run_, next_run) if kind == PLAIN else compare(next_run, run_))
    return Power(tuple(same), tuple(slowed))


def measure_one(photos: Path, out: Path, slowed: bool, duration: float) -> None:
    """Measures the shipped model once and writes the result."""
    subject = Subject.open(None, EngineOptions())
    if slowed:
        plain = subject.pipeline
        subject = replace(subject, pipeline=SlowedPipeline(plain.engine, plain.manifest, plain.detector))
    paths = tuple(find_photos([photos]))
    request = Request(Scenario.SINGLE_STREAM, paths, duration, startup=False)
    out.write_text(json.dumps(run([subject], request)[0]))


def measure_all(photos: Path, keep: Path, kinds_: Sequence[str], duration: float) -> list[Run]:
    """Measures each run in a process of its own."""
    keep.mkdir(parents=True, exist_ok=True)
    runs = []
    for number, kind in track(enumerate(kinds_), "runs", len(kinds_)):
        out = keep / f"{number:03}-{kind}.json"
        words = [str(photos), str(out), "--one", kind, "--duration", str(duration)]
        subprocess.run([sys.executable, "-m", "edgebreed.benchmarks.compare_power", *words], check=True)
        runs += read_runs(out)
    return runs


def main() -> int:
    """Measures, compares and prints both counts; 1 where one is below 19 of 20."""
    parser = argparse.ArgumentParser(prog="python -m edgebreed.benchmarks.compare_power")
    parser.add_argument("photos", type=Path)
    parser.add_argument("keep", type=Path)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--duration", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", choices=(PLAIN, SLOWED))
    wanted = parser.parse_args()
    if wanted.one:
        measure_one(wanted.photos, wanted.keep, wanted.one == SLOWED, wanted.duration)
        return 0
    order = kinds(wanted.pairs, wanted.seed)
    power = judge(order, measure_all(wanted.photos, wanted.keep, order, wanted.duration))
    for name, comparisons in (("same", power.same), (SLOWED, power.slowed)):
        for comparison in comparisons:
            print(f"{name}: {comparison.sentence()} ({comparison.basis})")
    print(
        f"no difference in {power.quiet} of {len(power.same)} pairs of the same, slower in {power.found} of "
        f"{len(power.slowed)}; a run's level varies by {power.run_to_run:.4f}"
    )
    return 0 if power.passed else 1


if __name__ == "__main__":
    sys.exit(main())
