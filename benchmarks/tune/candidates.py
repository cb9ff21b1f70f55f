"""What is tried: each file in each engine that runs it, with several numbers of threads."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from edgebreed.benchmarks.subject import Subject
from edgebreed.benchmarks.tune.packages import Package
from edgebreed.edge.detectors import Detector
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.engines.registry import engines_for, unavailable
from edgebreed.edge.pipeline import Pipeline


@dataclass(frozen=True)
class Candidate:
    """A way to run the classifier.

    Attributes:
        package: the model file.
        engine: as `--engine` calls it.
        threads: threads of one inference; 0 lets the engine choose.
    """

    package: Package
    engine: str
    threads: int = 0

    @property
    def name(self) -> str:
        """What to call it in a table."""
        threads = f", {self.threads} threads" if self.threads else ""
        return f"{self.package.path.name} in {self.engine}{threads}"

    def open(self, detector: Detector) -> Subject:
        """Opens it with a detector."""
        subject = Subject.open(self.package.path, EngineOptions(self.engine, self.threads))
        pipeline = Pipeline(subject.pipeline.engine, subject.pipeline.manifest, detector)
        return Subject(subject.path, subject.options, pipeline)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        manifest = self.package.manifest
        return {
            "file": str(self.package.path),
            "precision": manifest.precision.value,
            "input": [manifest.input.height, manifest.input.width],
            "engine": self.engine,
            "threads": self.threads,
            "bytes": self.package.path.stat().st_size,
        }


Unavailable = Callable[[], dict[str, str | None]]
"""Tells of each engine why this machine does not have it; None where it does."""


def candidates(
    packages: Sequence[Package], cores: int | None = None, reasons: Unavailable = unavailable
) -> list[Candidate]:
    """All ways that this machine has.

    Args:
        packages: the files.
        cores: processors that may be used; None counts them.
        reasons: tells which engines there are.
    """
    counts = thread_counts(cores or len(os.sched_getaffinity(0)))
    engines = [name for name, reason in reasons().items() if reason is None]
    return [
        Candidate(package, engine, threads)
        for package in packages
        for engine in engines
        if engine in engines_for(package.path)
        for threads in (counts if engine not in _GPU else [0])
    ]


_GPU = ("cuda", "tensorrt")


def thread_counts(cores: int) -> list[int]:
    """All processors, and half of them: the rest is then free for the other stages of a stream."""
    return sorted({cores, max(1, cores // 2)}, reverse=True)
