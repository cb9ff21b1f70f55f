"""How many faces does the face detector find, at which cost, against plain `detectMultiScale` at 1080p?

    python -m edgebreed.benchmarks.studies.haar_recall IMAGES [--without OTHERS] [--json]

Both detectors see each photo on a 1920x1080 canvas: as it is, rotated, smaller and blurred. The true face is
the box that at least three of OpenCV's four frontal cascades agree on in the upright photo. A detector has
found it where a box of about its size covers its centre. The cost is the processor time of the whole process,
which does not depend on how many cores are free. The two detectors take turns at each photo.
"""

import argparse
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

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.benchmarks.tune.detector_settings import OpenCVDefaultDetector
from edgebreed.edge.boxes import Box, overlap
from edgebreed.edge.detectors import Detection, HaarDetector
from edgebreed.edge.detectors.cascade import cascade_folder
from edgebreed.edge.images import Frame, find_photos, read_photo
from edgebreed.edge.percentile import percentile

WIDTH, HEIGHT = 1920, 1080
TRUTH_SIDE = 640  # px of the longer side on which the true face is searched
_CASCADES = ("default", "alt", "alt2", "alt_tree")
_GREY = (114, 114, 114)

Detect = Callable[[Frame], list[Detection]]


@dataclass(frozen=True)
class ViewingCondition:
    """How a photo appears on the canvas.

    Attributes:
        name: for the table.
        scale: share of the largest size that fits.
        degrees: rotation, counter-clockwise.
        sigma: of a Gaussian blur, in px of the canvas.
    """

    name: str
    scale: float = 1.0
    degrees: float = 0.0
    sigma: float = 0.0


CONDITIONS = (
    ViewingCondition("upright"),
    ViewingCondition("tilted 15 to the left", degrees=15),
    ViewingCondition("tilted 15 to the right", degrees=-15),
    ViewingCondition("half the size", scale=0.5),
    ViewingCondition("a quarter of the size", scale=0.25),
    ViewingCondition("blurred, sigma 3 px", sigma=3),
    ViewingCondition("blurred, sigma 6 px", sigma=6),
)


@dataclass
class DetectionCounts:
    """A detector's results under a condition.

    Attributes:
        found: photos whose face was found.
        other_boxes: boxes that are not the face.
        ms: processor time of each photo, in ms.
    """

    found: int = 0
    other_boxes: int = 0
    ms: list[float] = field(default_factory=list)

    def add(self, detect: Detect, frame: Frame, is_face: Callable[[Box], bool]) -> None:
        """Runs a detector on one more frame."""
        start = time.process_time()
        boxes = [found.box for found in detect(frame)]
        self.ms.append((time.process_time() - start) * 1e3)
        hits = [is_face(box) for box in boxes]
        self.found += any(hits)
        self.other_boxes += hits.count(False)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        cpu_ms = {f"p{percent}": percentile(self.ms, percent) for percent in (25, 50, 75)}
        return {
            "found": self.found,
            "of": len(self.ms),
            "other_boxes": self.other_boxes,
            "cpu_ms": cpu_ms,
        }


def agreed_face(image: Frame) -> Box | None:
    """The face that most of OpenCV's frontal cascades agree on; None where fewer than three do."""
    ratio = TRUTH_SIDE / max(image.shape[:2])
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
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


def render(image: Frame, condition: ViewingCondition) -> tuple[Frame, NDArray[np.float64]]:
    """Renders an image under a condition.

    Returns:
        The canvas `(1080, 1920, 3) uint8 BGR`, and the `(2, 3)` affine matrix from image to canvas pixels.
    """
    height, width = image.shape[:2]
    ratio = condition.scale * min(WIDTH / width, HEIGHT / height)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=method)
    centre = (resized.shape[1] / 2, resized.shape[0] / 2)
    rotation = cv2.getRotationMatrix2D(centre, condition.degrees, 1.0)
    rotation[:, 2] += np.subtract((WIDTH / 2, HEIGHT / 2), centre)
    canvas = cv2.warpAffine(resized, rotation, (WIDTH, HEIGHT), borderValue=_GREY)
    if condition.sigma:
        canvas = cv2.GaussianBlur(canvas, (0, 0), condition.sigma)
    affine = rotation.copy()
    affine[:, :2] *= ratio
    return np.asarray(canvas, np.uint8), np.asarray(affine, np.float64)


def covers(box: Box, face: Box, affine: NDArray[np.float64]) -> bool:
    """Whether a box on the canvas is a photo's face: over its centre, and 0.4 to 2 times as wide."""
    left, top, width, height = face
    x, y = affine @ (left + width / 2, top + height / 2, 1.0)
    size = width * float(np.hypot(affine[0, 0], affine[0, 1]))
    inside = box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]
    return bool(inside and 0.4 < box[2] / size < 2.0)


def count_detections(
    images: Iterable[Path], detectors: dict[str, Detect], conditions: Iterable[ViewingCondition]
) -> dict[str, dict[str, DetectionCounts]]:
    """Results of each detector under each condition, on photos with an agreed face."""
    faces = [(image, agreed_face(image)) for image in map(read_photo, images)]
    counts = {}
    for condition in conditions:
        counts[condition.name] = {name: DetectionCounts() for name in detectors}
        for image, face in faces:
            if face is None:
                continue
            frame, affine = render(image, condition)
            for name, detect in detectors.items():
                counts[condition.name][name].add(detect, frame, partial(covers, face=face, affine=affine))
    return counts


def count_false_detections(
    images: Iterable[Path], detectors: dict[str, Detect]
) -> dict[str, DetectionCounts]:
    """Results on photos without a face, upright; `found` counts photos with any box."""
    counts = {name: DetectionCounts() for name in detectors}
    for path in images:
        frame, _ = render(read_photo(path), CONDITIONS[0])
        for name, detect in detectors.items():
            counts[name].add(detect, frame, lambda _: True)
    return counts


def compare_detectors(
    images: list[Path], others: list[Path], conditions: Iterable[ViewingCondition] = CONDITIONS
) -> dict[str, Any]:
    """The figures of both detectors, on photos with a face and on others."""
    detectors: dict[str, Detect] = {
        "plain": OpenCVDefaultDetector().detect,
        "edgebreed": HaarDetector().detect,
    }
    counts = count_detections(images, detectors, conditions)
    found = {name: sum(row[name].found for row in counts.values()) for name in detectors}
    costs = {name: [ms for row in counts.values() for ms in row[name].ms] for name in detectors}
    figures = {
        "frame": [WIDTH, HEIGHT],
        "photos": len(images),
        "conditions": {
            condition: {name: count.to_dict() for name, count in row.items()}
            for condition, row in counts.items()
        },
        "recall": {name: found[name] / len(costs[name]) for name in detectors},
        "cost_ratio": percentile(costs["edgebreed"], 50) / percentile(costs["plain"], 50),
    }
    if others:
        false_counts = count_false_detections(others, detectors)
        figures["without_faces"] = {name: count.to_dict() for name, count in false_counts.items()}
    return figures


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("images", type=Path, help="folder of photos with one face each")
    parser.add_argument("--without", type=Path, help="folder of photos without a face")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args()
    others = find_photos([options.without]) if options.without else []
    figures = compare_detectors(find_photos([options.images]), others)
    if options.json:
        frames = sum(row["edgebreed"]["of"] for row in figures["conditions"].values())
        publish("haar_recall", frames, figures)
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    title = f"faces found in {figures['photos']} photos at {WIDTH}x{HEIGHT}; ms of processor time"
    table = Table(title=title)
    for column in ("condition", "plain", "other boxes", "ms p50 (p25, p75)", "ours", "other boxes", "ms"):
        table.add_column(column, justify="left" if column == "condition" else "right")
    rows = dict(figures["conditions"])
    if "without_faces" in figures:
        rows["photos without a face"] = figures["without_faces"]
    for condition, row in rows.items():
        table.add_row(condition, *(cell for name in ("plain", "edgebreed") for cell in _cells(row[name])))
    Console().print(table)
    recall = figures["recall"]
    print(
        f"recall {recall['edgebreed']:.3f} against {recall['plain']:.3f}, "
        f"at {figures['cost_ratio']:.3f} of the cost"
    )


def _cells(counts: dict[str, Any]) -> tuple[str, str, str]:
    cost = counts["cpu_ms"]
    return (
        f"{counts['found']}/{counts['of']}",
        str(counts["other_boxes"]),
        f"{cost['p50']:.0f} ({cost['p25']:.0f}, {cost['p75']:.0f})",
    )


if __name__ == "__main__":
    main()
