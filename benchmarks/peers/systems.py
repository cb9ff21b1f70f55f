"""The systems that answer: edgebreed, the plain runtimes, and peers in environments of their own."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edgebreed.benchmarks.bare_engine import bare_engine
from edgebreed.edge.detectors import FixedDetector
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import Pipeline

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Reply:
    """A system's answer to a photo: its time in ms, and the class that it names, if it names one."""

    ms: float
    answer: str | None


class System(Protocol):
    """Something that answers photos.

    Attributes:
        name: what to call it.
        model: what it runs.
        known: the classes that it can name; None where its answers mean nothing.
    """

    name: str
    model: str
    known: frozenset[str] | None

    def answer(self, photo: Path) -> Reply:
        """Answers a photo, from its file on."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class Library:
    """A system in this process.

    Args:
        name: what to call it.
        manifest: of its model.
        call: answers a photo by the place of its class.
    """

    def __init__(self, name: str, manifest: Manifest, call: Callable[[Path], int]) -> None:
        self.name, self.model = name, f"{manifest.name} {manifest.precision}"
        self.known: frozenset[str] | None = frozenset(manifest.classes)
        self._classes, self._call = manifest.classes, call

    def answer(self, photo: Path) -> Reply:
        """Answers a photo, from its file on."""
        start = time.perf_counter_ns()
        place = self._call(photo)
        return Reply((time.perf_counter_ns() - start) / 1e6, self._classes[place])

    def close(self) -> None:
        """Nothing to free."""


class Program:
    """A system in a process and an environment of its own.

    Args:
        name: what to call it.
        model: what it runs.
        command: the program; it reads a path a line and prints JSON a line.
        breeds: its names by edgebreed's; None where its answers mean nothing.
    """

    def __init__(self, name: str, model: str, command: list[str], breeds: dict[str, str] | None) -> None:
        self.name, self.model = name, model
        self.known = None if breeds is None else frozenset(breeds.values())
        self._breeds = breeds or {}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def answer(self, photo: Path) -> Reply:
        """Answers a photo, from its file on."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError(f"{self.name} was started without pipes")
        self._process.stdin.write(f"{photo.resolve()}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: run its program by hand to see why")
        told = json.loads(line)
        return Reply(float(told["ms"]), self._breeds.get(told["answer"], told["answer"]))

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


def edgebreed_systems(model: Path, threads: int) -> list[System]:
    """`Pipeline` as it is, and without the face search that no peer does."""
    whole = Pipeline.open(model, EngineOptions(threads=threads))
    bare = Pipeline(whole.engine, whole.manifest, FixedDetector())
    places = {label: place for place, label in enumerate(whole.manifest.labels)}
    return [
        Library(name, whole.manifest, lambda photo, one=one: places[one.process(photo).top[0].label])  # type: ignore[misc]  # the loop's own pipeline is bound by a default
        for name, one in (("edgebreed, with face search", whole), ("edgebreed, without it", bare))
    ]


def plain_system(name: str, model: Path, ran: str, threads: int) -> System:
    """A runtime's own Python interface; decoding and resizing by OpenCV, as its examples do."""
    manifest, infer = read_manifest(model), bare_engine(model, ran, threads)
    size = (manifest.input.width, manifest.input.height)

    def call(photo: Path) -> int:
        frame = cv2.imread(str(photo))
        shrinks = frame is not None and frame.shape[0] * frame.shape[1] > size[0] * size[1]
        way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        picture = cv2.cvtColor(cv2.resize(np.asarray(frame), size, interpolation=way), cv2.COLOR_BGR2RGB)
        outputs = infer(np.asarray(picture, np.uint8)[None])
        wide = next(output for output in outputs if output.shape[-1] == len(manifest.classes))
        return int(wide[0].argmax())

    return Library(name, manifest, call)


def program(name: str, model: str, python: Path, breeds: dict[str, str] | None) -> System:
    """A peer's program beside this file, in the peer's environment."""
    script = HERE / f"answer_{name.lower()}.py"
    return Program(name, model, [str(python), str(script)], breeds)
