"""The same photos through edgebreed and through other systems: one Markdown table.

`python benchmarks/peers/run.py PHOTOS [--model M] [--tflite FILE] [--venvs FOLDER] [--rounds 1]`.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edgebreed.benchmarks.peers.breeds import LABDOG
from edgebreed.benchmarks.peers.environments import interpreter
from edgebreed.benchmarks.peers.systems import System, edgebreed_systems, plain_system, program
from edgebreed.edge.engines.registry import unavailable
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.percentile import percentile
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.machine import processor
from edgebreed.progress import track
from edgebreed.train.dataset import LabelledImage, read_labelled

WARMUP = 5
REST_S = 0.06  # some threads spin so long after an answer, and would slow the next system down
HEAD = ("system", "model", "p50 ms", "p90 ms", "photos", "top-1, all", "top-1, breeds all know")


@dataclass
class Row:
    """What one system did: its times in ms, and for each photo whether it was right."""

    system: System
    times: list[float] = field(default_factory=list)
    right: dict[Path, bool] = field(default_factory=dict)


def systems(wanted: argparse.Namespace) -> list[System]:
    """Everything that this machine has."""
    model = wanted.model or SHIPPED_MODEL
    found = edgebreed_systems(model, wanted.threads)
    runtimes: dict[str, tuple[str, str, Path | None]] = {
        "cpu": ("plain ONNX Runtime", "onnxruntime/CPUExecutionProvider", model),
        "openvino": ("plain OpenVINO", "openvino/CPU", model),
        "litert": ("plain LiteRT", "litert", wanted.tflite),
    }
    for engine, (name, ran, file) in runtimes.items():
        if unavailable()[engine] is None and file is not None:
            found.append(plain_system(name, file, ran, wanted.threads))
    return [*found, *(peers(wanted.venvs) if wanted.venvs else [])]


def peers(venvs: Path) -> list[System]:
    """Those whose environment is there."""
    known: tuple[tuple[str, str, dict[str, str] | None], ...] = (
        ("Ultralytics", "yolo11l-cls fp32, ONNX, random weights", None),
        ("labdog", "MobileNetV2 fp32, Keras", LABDOG),
    )
    return [
        program(name, what, interpreter(venvs, name.lower()), breeds)
        for name, what, breeds in known
        if interpreter(venvs, name.lower()).exists()
    ]


def measure(
    rows: Sequence[Row], photos: Sequence[LabelledImage], classes: Sequence[str], rounds: int
) -> None:
    """Every system answers a photo before any gets the next."""
    chance = random.Random(0)
    for photo in photos[:WARMUP]:
        for row in rows:
            row.system.answer(photo.path)
    order = [photo for _ in range(rounds) for photo in chance.sample(photos, len(photos))]
    for photo in track(order, "photos", len(order)):
        for row in chance.sample(rows, len(rows)):
            time.sleep(REST_S)
            reply = row.system.answer(photo.path)
            row.times.append(reply.ms)
            row.right[photo.path] = reply.answer == classes[photo.label]


def table(rows: Sequence[Row], photos: Sequence[LabelledImage], classes: Sequence[str]) -> str:
    """The rows as Markdown; accuracy of a system only on photos of breeds that it knows."""
    shared = set(classes).intersection(*(row.system.known for row in rows if row.system.known is not None))
    lines = [HEAD, tuple("---" for _ in HEAD)]
    for row in rows:
        known = row.system.known
        everything = known is not None and known >= set(classes)
        lines.append(
            (
                row.system.name,
                row.system.model,
                f"{percentile(row.times, 50):.1f}",
                f"{percentile(row.times, 90):.1f}",
                str(len(row.times)),
                _top1(row, photos, classes, set(classes)) if everything else "-",
                _top1(row, photos, classes, shared) if known is not None else "-",
            )
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _top1(row: Row, photos: Sequence[LabelledImage], classes: Sequence[str], breeds: set[str]) -> str:
    asked = [photo.path for photo in photos if classes[photo.label] in breeds]
    return f"{sum(row.right[path] for path in asked) / len(asked):.1%} of {len(asked)}" if asked else "-"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python benchmarks/peers/run.py")
    parser.add_argument("photos", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--tflite", type=Path)
    parser.add_argument("--venvs", type=Path)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    manifest = read_manifest(wanted.model or SHIPPED_MODEL)
    photos = read_labelled(wanted.photos, manifest.classes, manifest.labels, "test")
    rows = [Row(system) for system in systems(wanted)]
    measure(rows, photos, manifest.classes, wanted.rounds)
    for row in rows:
        row.system.close()
    machine = processor()
    print(table(rows, photos, manifest.classes))
    print(f"\n{machine['cpu']}, {machine['cores']} cores; each photo by every system in turn.")


if __name__ == "__main__":
    main()
