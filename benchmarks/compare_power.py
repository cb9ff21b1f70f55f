"""Tries `bench compare` on runs whose truth is known: nothing changed, or 10 % slower.

`python -m edgebreed.benchmarks.compare_power PHOTOS KEEP [--pairs 20] [--duration 10]` measures in fresh
processes: a plain run, a slowed one, a plain one, and so on. Each plain run is compared with the next
plain one (is a difference invented?) and with the slowed one beside it (is the difference found?). The
results stay in the folder KEEP; runs that are there already are not measured again.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from edgebreed.benchmarks.compare import DIFFERENT, Comparison, Word, compare
from edgebreed.benchmarks.result_file import read_runs
from edgebreed.benchmarks.scenario import Request, Scenario, run
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.result import Result
from edgebreed.progress import track

PLANTED = 0.10


class SlowedPipeline(Pipeline):
    """Takes a share longer for each photo, by working on nothing."""

    share = PLANTED

    def process_photo(self, path: Path) -> Result:
        """Answers a photo, late."""
        start = time.perf_counter()
        result = super().process_photo(path)
        end = time.perf_counter() + self.share * (time.perf_counter() - start)
        while time.perf_counter() < end:
            pass
        return result


def measure_one(photos: Path, out: Path, slowed: bool, duration: float) -> None:
    """Measures the shipped model once and writes the result."""
    subject = Subject.open(None, EngineOptions())
    if slowed:
        plain = subject.pipeline
        subject = replace(subject, pipeline=SlowedPipeline(plain.engine, plain.manifest, plain.detector))
    paths = tuple(find_photos([photos]))
    request = Request(Scenario.SINGLE_STREAM, paths, duration, startup=False)
    out.write_text(json.dumps(run([subject], request)[0]))


def runs(photos: Path, keep: Path, pairs: int, duration: float) -> None:
    """Measures what is not there yet, plain and slowed in turn, each in a process of its own."""
    keep.mkdir(parents=True, exist_ok=True)
    wanted = [name for number in range(pairs) for name in (f"plain-{number}", f"slowed-{number}")]
    missing = [name for name in (*wanted, f"plain-{pairs}") if not (keep / f"{name}.json").is_file()]
    for name in track(missing, "runs", len(missing)):
        words = ["--one", name.split("-")[0], "--duration", str(duration)]
        command = [sys.executable, "-m", "edgebreed.benchmarks.compare_power", str(photos)]
        subprocess.run([*command, str(keep / f"{name}.json"), *words], check=True)


def judge(keep: Path, pairs: int) -> dict[str, list[Comparison]]:
    """Compares the pairs."""
    plain = [read_runs(keep / f"plain-{number}.json")[0] for number in range(pairs + 1)]
    slowed = [read_runs(keep / f"slowed-{number}.json")[0] for number in range(pairs)]
    return {
        "same": [compare(plain[number], plain[number + 1]) for number in range(pairs)],
        "slowed": [compare(plain[number], slowed[number]) for number in range(pairs)],
    }


def main() -> None:
    """Measures, compares and prints both counts; exits 1 where one is below 19 of 20."""
    parser = argparse.ArgumentParser()
    parser.add_argument("photos", type=Path)
    parser.add_argument("keep", type=Path)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--duration", type=float, default=10.0)
    parser.add_argument("--one", choices=("plain", "slowed"))
    wanted = parser.parse_args()
    if wanted.one:
        measure_one(wanted.photos, wanted.keep, wanted.one == "slowed", wanted.duration)
        return
    runs(wanted.photos, wanted.keep, wanted.pairs, wanted.duration)
    found = judge(wanted.keep, wanted.pairs)
    for name, comparisons in found.items():
        for comparison in comparisons:
            print(f"{name}: {comparison.sentence()}")
    quiet = sum(comparison.verdict not in DIFFERENT for comparison in found["same"])
    seen = sum(comparison.verdict is Word.SLOWER for comparison in found["slowed"])
    print(f"no difference in {quiet} of {wanted.pairs} pairs of the same, slower in {seen} of {wanted.pairs}")
    sys.exit(0 if min(quiet, seen) >= 0.95 * wanted.pairs else 1)


if __name__ == "__main__":
    main()
