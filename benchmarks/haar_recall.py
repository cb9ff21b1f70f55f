"""Recall and cost of the face detector against plain `detectMultiScale`, at 1080p.

    python -m edgebreed.benchmarks.haar_recall PHOTOS [--without OTHERS] [--json]

Each photo is shown to both on a 1920x1080 canvas: as it is, tilted, smaller and blurred. Which box of it is
the face is what at least three of OpenCV's four frontal cascades agree on in the upright photo; a detector
has found it where a box of about its size covers its middle. The cost is processor time of the whole
process, which does not depend on how many cores are free. The two take turns at each picture.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from edgebreed.benchmarks.plain_haar import PlainHaar
from edgebreed.edge.boxes import Box, overlap
from edgebreed.edge.detectors import Detection, HaarDetector
from edgebreed.edge.detectors.cascade import cascade_folder
from edgebreed.edge.images import Frame, find_photos, read_photo
from edgebreed.edge.percentile import percentile

WIDTH, HEIGHT = 1920, 1080
_REFERENCE_SIDE = 640
_CASCADES = ("default", "alt", "alt2", "alt_tree")
_GREY = (114, 114, 114)

Detect = Callable[[Frame], list[Detection]]


@dataclass(frozen=True)
class Condition:
    """How a photo is shown.

    Attributes:
        name: what to call it.
        scale: of the largest size that fits the canvas.
        degrees: turned to the left.
        sigma: Gaussian blur in px of the canvas.
    """

    name: str
    scale: float = 1.0
    degrees: float = 0.0
    sigma: float = 0.0


CONDITIONS = (
    Condition("upright"),
    Condition("tilted 15 to the left", degrees=15),
    Condition("tilted 15 to the right", degrees=-15),
    Condition("half the size", scale=0.5),
    Condition("a quarter of the size", scale=0.25),
    Condition("blurred, sigma 3 px", sigma=3),
    Condition("blurred, sigma 6 px", sigma=6),
)


@dataclass
class Score:
    """What a detector did under a condition: faces found, other boxes, and ms of processor time each."""

    found: int = 0
    others: int = 0
    ms: list[float] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        spread = {f"p{percent}": percentile(self.ms, percent) for percent in (25, 50, 75)}
        return {"found": self.found, "of": len(self.ms), "other_boxes": self.others, "cpu_ms": spread}


def agreed_face(photo: Frame) -> Box | None:
    """The face that most of OpenCV's frontal cascades agree on; None where fewer than three do."""
    ratio = _REFERENCE_SIDE / max(photo.shape[:2])
    small = cv2.resize(photo, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    found = [(name, box) for name in _CASCADES for box in _boxes(name, grey)]
    votes = [(len({n for n, other in found if overlap(box, other) > 0.4}), box[2], box) for _, box in found]
    count, _, box = max(votes, default=(0, 0, (0, 0, 0, 0)))
    left, top, width, height = (round(value / ratio) for value in box)
    return (left, top, width, height) if count >= 3 else None


def _boxes(name: str, grey: Any) -> list[Box]:
    return [tuple(map(int, box)) for box in _cascade(name).detectMultiScale(grey, 1.05, 3)]  # type: ignore[misc]  # a box has four numbers


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(cascade_folder() / f"haarcascade_frontalface_{name}.xml"))


def shown(photo: Frame, condition: Condition) -> tuple[Frame, NDArray[np.float64]]:
    """A photo on the canvas `(1080, 1920, 3) uint8 BGR`, and the `(2, 3)` map from its px to the canvas's."""
    height, width = photo.shape[:2]
    ratio = condition.scale * min(WIDTH / width, HEIGHT / height)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(photo, None, fx=ratio, fy=ratio, interpolation=method)
    middle = (sized.shape[1] / 2, sized.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, condition.degrees, 1.0)
    turn[:, 2] += np.subtract((WIDTH / 2, HEIGHT / 2), middle)
    canvas = cv2.warpAffine(sized, turn, (WIDTH, HEIGHT), borderValue=_GREY)
    if condition.sigma:
        canvas = cv2.GaussianBlur(canvas, (0, 0), condition.sigma)
    whole = turn.copy()
    whole[:, :2] *= ratio
    return np.asarray(canvas, np.uint8), np.asarray(whole, np.float64)


def covers(box: Box, face: Box, way: NDArray[np.float64]) -> bool:
    """Whether a box of the canvas is a photo's face: over its middle, and of 0.4 to 2 times its width."""
    left, top, width, height = face
    x, y = way @ (left + width / 2, top + height / 2, 1.0)
    size = width * float(np.hypot(way[0, 0], way[0, 1]))
    inside = box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]
    return bool(inside and 0.4 < box[2] / size < 2.0)


def measure(
    photos: Iterable[Path], detectors: dict[str, Detect], conditions: Iterable[Condition]
) -> dict[str, dict[str, Score]]:
    """Scores of each detector under each condition, on photos whose face is agreed on."""
    faces = [(photo, agreed_face(photo)) for photo in map(read_photo, photos)]
    scores = {}
    for condition in conditions:
        scores[condition.name] = {name: Score() for name in detectors}
        for photo, face in faces:
            if face is None:
                continue
            frame, way = shown(photo, condition)
            for name, detect in detectors.items():
                _add(scores[condition.name][name], detect, frame, partial(covers, face=face, way=way))
    return scores


def false_boxes(photos: Iterable[Path], detectors: dict[str, Detect]) -> dict[str, Score]:
    """Scores on photos without a face, upright; `found` counts photos with a box."""
    scores = {name: Score() for name in detectors}
    for path in photos:
        frame, _ = shown(read_photo(path), CONDITIONS[0])
        for name, detect in detectors.items():
            _add(scores[name], detect, frame, lambda _: True)
    return scores


def _add(score: Score, detect: Detect, frame: Frame, is_face: Callable[[Box], bool]) -> None:
    start = time.process_time()
    boxes = [found.box for found in detect(frame)]
    score.ms.append((time.process_time() - start) * 1e3)
    hits = [is_face(box) for box in boxes]
    score.found += any(hits)
    score.others += hits.count(False)


def report(
    photos: list[Path], others: list[Path], conditions: Iterable[Condition] = CONDITIONS
) -> dict[str, Any]:
    """What `--json` prints."""
    detectors: dict[str, Detect] = {"plain": PlainHaar().detect, "edgebreed": HaarDetector().detect}
    scores = measure(photos, detectors, conditions)
    found = {name: sum(row[name].found for row in scores.values()) for name in detectors}
    costs = {name: [ms for row in scores.values() for ms in row[name].ms] for name in detectors}
    result = {
        "frame": [WIDTH, HEIGHT],
        "photos": len(photos),
        "conditions": {
            condition: {name: score.to_dict() for name, score in row.items()}
            for condition, row in scores.items()
        },
        "recall": {name: found[name] / len(costs[name]) for name in detectors},
        "cost_ratio": percentile(costs["edgebreed"], 50) / percentile(costs["plain"], 50),
    }
    if others:
        empty = false_boxes(others, detectors)
        result["without_faces"] = {name: score.to_dict() for name, score in empty.items()}
    return result


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, help="folder of photos with a face each")
    parser.add_argument("--without", type=Path, help="folder of photos without a face")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args()
    others = find_photos([options.without]) if options.without else []
    result = report(find_photos([options.photos]), others)
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        _show(result)


def _show(result: dict[str, Any]) -> None:
    table = Table(title=f"faces found in {result['photos']} photos at {WIDTH}x{HEIGHT}; ms of processor time")
    for column in ("condition", "plain", "other boxes", "ms p50 (p25, p75)", "ours", "other boxes", "ms"):
        table.add_column(column, justify="left" if column == "condition" else "right")
    rows = dict(result["conditions"])
    if "without_faces" in result:
        rows["photos without a face"] = result["without_faces"]
    for condition, row in rows.items():
        table.add_row(condition, *(cell for name in ("plain", "edgebreed") for cell in _cells(row[name])))
    Console().print(table)
    recall = result["recall"]
    print(
        f"recall {recall['edgebreed']:.3f} against {recall['plain']:.3f}, "
        f"at {result['cost_ratio']:.3f} of the cost"
    )


def _cells(score: dict[str, Any]) -> tuple[str, str, str]:
    cost = score["cpu_ms"]
    return (
        f"{score['found']}/{score['of']}",
        str(score["other_boxes"]),
        f"{cost['p50']:.0f} ({cost['p25']:.0f}, {cost['p75']:.0f})",
    )


if __name__ == "__main__":
    main()
