"""The systems that are compared: edgebreed, the plain runtimes, and peers in environments of their own."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edgebreed.benchmarks.studies.native_overhead import open_native_engine
from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import Pipeline

PEER_PROGRAM = Path(__file__).with_name("peer_program.py")


@dataclass(frozen=True)
class TimedLabel:
    """A system's answer to a photo: its time in ms, and the class that it names, if it names one."""

    ms: float
    label: str | None


class ComparedSystem(Protocol):
    """Something that classifies photos.

    Attributes:
        name: of the system.
        model: that it runs.
        known: the classes that it can name; None where its labels mean nothing.
    """

    name: str
    model: str
    known: frozenset[str] | None

    def classify(self, photo: Path) -> TimedLabel:
        """Classifies a photo, with reading and decoding its file."""
        ...

    def close(self) -> None:
        """Frees what the system holds."""
        ...


class InProcessSystem:
    """A system in this process.

    Args:
        name: of the system.
        manifest: of its model.
        classify: returns the index of a photo's class.
    """

    def __init__(self, name: str, manifest: Manifest, classify: Callable[[Path], int]) -> None:
        self.name, self.model = name, f"{manifest.name} {manifest.precision}"
        self.known: frozenset[str] | None = frozenset(manifest.classes)
        self._classes, self._classify = manifest.classes, classify

    def classify(self, photo: Path) -> TimedLabel:
        """Classifies a photo, with reading and decoding its file."""
        start = time.perf_counter_ns()
        index = self._classify(photo)
        return TimedLabel((time.perf_counter_ns() - start) / 1e6, self._classes[index])

    def close(self) -> None:
        """Nothing to free."""


class SubprocessSystem:
    """A system in a process and an environment of its own.

    Args:
        name: of the system.
        model: that it runs.
        command: the program; it reads a path a line and prints a JSON object a line (see `peer_program`).
        labels: edgebreed's class by the system's label; None where its labels mean nothing.
    """

    def __init__(self, name: str, model: str, command: list[str], labels: dict[str, str] | None) -> None:
        self.name, self.model = name, model
        self.known = None if labels is None else frozenset(labels.values())
        self._labels = labels or {}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def classify(self, photo: Path) -> TimedLabel:
        """Classifies a photo, with reading and decoding its file."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError(f"{self.name} was started without pipes")
        self._process.stdin.write(f"{photo.resolve()}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: run its program by hand to see why")
        reply = json.loads(line)
        return TimedLabel(float(reply["ms"]), self._labels.get(reply["label"], reply["label"]))

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


def edgebreed_systems(model: Path, threads: int) -> list[ComparedSystem]:
    """`Pipeline` as it is, and without the face search, which no peer does."""
    whole = Pipeline.open(model, EngineOptions(threads=threads))
    without_faces = Pipeline(whole.engine, whole.manifest, FixedDetector())
    return [
        _pipeline_system("edgebreed, with face search", whole),
        _pipeline_system("edgebreed, without it", without_faces),
    ]


def _pipeline_system(name: str, pipeline: Pipeline) -> ComparedSystem:
    indices = {label: index for index, label in enumerate(pipeline.manifest.labels)}

    def classify(photo: Path) -> int:
        return indices[pipeline.process(photo).top[0].label]

    return InProcessSystem(name, pipeline.manifest, classify)


def plain_system(name: str, model: Path, engine: str, threads: int) -> ComparedSystem:
    """A runtime's own Python interface, with decoding and resizing by OpenCV as in the runtimes' examples."""
    manifest, infer = read_manifest(model), open_native_engine(model, engine, threads)
    size = (manifest.input.width, manifest.input.height)

    def classify(photo: Path) -> int:
        frame = cv2.imread(str(photo))
        shrinks = frame is not None and frame.shape[0] * frame.shape[1] > size[0] * size[1]
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        image = cv2.cvtColor(cv2.resize(np.asarray(frame), size, interpolation=method), cv2.COLOR_BGR2RGB)
        outputs = infer(np.asarray(image, np.uint8)[None])
        probabilities = next(output for output in outputs if output.shape[-1] == len(manifest.classes))
        return int(probabilities[0].argmax())

    return InProcessSystem(name, manifest, classify)


def peer_system(name: str, model: str, python: Path, labels: dict[str, str] | None) -> ComparedSystem:
    """A peer in its own environment."""
    return SubprocessSystem(name, model, [str(python), str(PEER_PROGRAM), name.lower()], labels)
