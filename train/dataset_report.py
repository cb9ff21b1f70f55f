"""`edgebreed data check`: the findings of a scan, as figures and as a contact sheet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.errors import InputError
from edgebreed.train.dataset import NO_LABEL, Dataset
from edgebreed.train.dataset_scan import DatasetScan
from edgebreed.train.duplicates import DuplicateGroups

CELL_SIDE = 150  # px, as are the next two
LINE_HEIGHT = 16
MARGIN = 6
BACKGROUND = 250  # grey level
MOST_CELLS = 160


@dataclass(frozen=True)
class Cell:
    """An image of a contact sheet and the lines of text below it."""

    path: Path
    lines: tuple[str, ...]


@dataclass(frozen=True)
class DatasetReport:
    """The findings on a data set.

    Attributes:
        data: the data set.
        scan: what was found in its files.
    """

    data: Dataset
    scan: DatasetScan

    def to_dict(self) -> dict[str, Any]:
        """What `edgebreed data check --json` prints."""
        sizes, left_out = self.class_sizes(), self.data.left_out
        return {
            "data": str(self.data.root),
            "classes": len(self.data.classes),
            "images": len(self.scan.splits),
            "splits": {name: len(images) for name, images in self.data.splits.items()},
            **(self.label_counts() if self.data.multi_label else {}),
            "missing_splits": list(self.data.missing_splits),
            "in_sub_folders": self.data.in_sub_folders,
            "left_out": {reason.value: [str(path) for path in paths] for reason, paths in left_out.items()},
            "left_out_counts": {reason.value: len(paths) for reason, paths in left_out.items()},
            "undecodable": [str(path) for path in self.scan.undecodable],
            "empty": [str(path) for path in self.scan.empty],
            "misnamed": {str(path): kind for path, kind in self.scan.misnamed.items()},
            "turned": [str(path) for path in self.scan.turned],
            "conflicting": [[str(path) for path in group] for group in self.scan.conflicting],
            "duplicates": _groups(self.scan.exact),
            "near_duplicates": _groups(self.scan.near),
            "imbalance": {
                "smallest": min(sizes.items(), key=lambda item: item[1]),
                "largest": max(sizes.items(), key=lambda item: item[1]),
                "ratio": max(sizes.values()) / max(1, min(sizes.values())),
            },
            "dropped_from_training": len(self.scan.repeats),
            "repeated": sorted(str(path) for path in self.scan.repeats),
        }

    def class_sizes(self) -> dict[str, int]:
        """Number of training images of each class."""
        counts = Counter(label for image in self.data.splits["train"] for label in image.shown)
        return {name: counts[label] for label, name in enumerate(self.data.classes)}

    def label_counts(self) -> dict[str, Any]:
        """Of a multi-label data set, the number of images of each split that show each label, or none."""
        shown = {
            split: Counter(label for image in images for label in image.shown or (NO_LABEL,))
            for split, images in self.data.splits.items()
            if images
        }
        return {
            "labels": {
                name: {split: count[label] for split, count in shown.items()}
                for label, name in enumerate(self.data.classes)
            },
            "unlabelled": {split: count[NO_LABEL] for split, count in shown.items()},
        }

    def cells(self, most: int = MOST_CELLS) -> list[Cell]:
        """For a contact sheet: faulty files, conflicting labels, duplicates, those across splits first."""
        faulty = [Cell(path, ("does not decode", path.name)) for path in self.scan.undecodable]
        misnamed = [Cell(path, (f"is {kind}", path.name)) for path, kind in self.scan.misnamed.items()]
        conflicting = [
            Cell(path, (f"conflict {number}", f"{path.parent.name}/{path.name}"))
            for number, members in enumerate(self.scan.conflicting, 1)
            for path in members
        ]
        splits = self.scan.splits
        groups = sorted(
            (members for members in self.scan.near.members if members not in self.scan.conflicting),
            key=lambda members: -len({splits[path] for path in members}),
        )
        same = [
            Cell(path, (f"same {number}: {splits[path]}", f"{path.parent.name}/{path.name}"))
            for number, members in enumerate(groups, 1)
            for path in members
        ]
        return [*faulty, *misnamed, *conflicting, *same][:most]


def contact_sheet(cells: Sequence[Cell], columns: int = 8) -> Frame:
    """Lays images out in rows, with their text.

    Returns:
        `(H, W, 3) uint8 BGR`.
    """
    lines = max((len(cell.lines) for cell in cells), default=0)
    drawn = [_draw(cell, lines) for cell in cells]
    drawn += [_blank(lines)] * (-len(drawn) % columns)
    rows = [np.hstack(drawn[start : start + columns]) for start in range(0, len(drawn), columns)]
    return np.vstack(rows) if rows else _blank(lines)


def _blank(lines: int) -> Frame:
    return np.full((CELL_SIDE + lines * LINE_HEIGHT + MARGIN, CELL_SIDE + MARGIN, 3), BACKGROUND, np.uint8)


def _draw(cell: Cell, lines: int) -> Frame:
    canvas = _blank(lines)
    try:
        image = to_input(read_photo(cell.path), InputSpec(CELL_SIDE, CELL_SIDE, ResizeRule.LETTERBOX))
        canvas[:CELL_SIDE, :CELL_SIDE] = image[..., ::-1]
    except InputError:  # it does not decode, which is why it is on the sheet
        cv2.line(canvas, (0, 0), (CELL_SIDE, CELL_SIDE), (60, 60, 220), 2)
    for number, line in enumerate(cell.lines):
        place = (2, CELL_SIDE + 12 + number * LINE_HEIGHT)
        text = _shortened(line)
        cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (30, 30, 30), 1, cv2.LINE_AA)
    return canvas


def _shortened(line: str) -> str:
    """The line in ASCII, which is all that OpenCV draws, cut to the cell's width."""
    text = line.encode("ascii", "replace").decode()
    while text and cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.38, 1)[0][0] > CELL_SIDE - 2:
        text = text[:-1]
    return text


def _groups(groups: DuplicateGroups) -> dict[str, Any]:
    return {
        "groups": len(groups.members),
        "across_splits": groups.across,
        "files": [[str(path) for path in members] for members in groups.members],
    }
