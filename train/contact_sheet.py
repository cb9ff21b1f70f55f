"""Many photos on one picture, each with a line or two below."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.errors import InputError

CELL = 150
LINE = 16
MARGIN = 6
PAPER = 250


@dataclass(frozen=True)
class Cell:
    """A photo and the lines below it."""

    path: Path
    lines: tuple[str, ...]


def contact_sheet(cells: Sequence[Cell], columns: int = 8) -> Frame:
    """Lays photos out in rows.

    Returns:
        `(H, W, 3) uint8 BGR`.
    """
    lines = max((len(cell.lines) for cell in cells), default=0)
    drawn = [_draw(cell, lines) for cell in cells]
    blank = np.full((CELL + lines * LINE + MARGIN, CELL + MARGIN, 3), PAPER, np.uint8)
    drawn += [blank] * (-len(drawn) % columns)
    rows = [np.hstack(drawn[start : start + columns]) for start in range(0, len(drawn), columns)]
    return np.vstack(rows) if rows else blank


def _draw(cell: Cell, lines: int) -> Frame:
    canvas = np.full((CELL + lines * LINE + MARGIN, CELL + MARGIN, 3), PAPER, np.uint8)
    try:
        photo = to_input(read_photo(cell.path), InputSpec(CELL, CELL, ResizeRule.LETTERBOX))
        canvas[:CELL, :CELL] = photo[..., ::-1]
    except InputError:
        cv2.line(canvas, (0, 0), (CELL, CELL), (60, 60, 220), 2)
    for number, line in enumerate(cell.lines):
        place = (2, CELL + 12 + number * LINE)
        cv2.putText(
            canvas, _fitted(line), place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (30, 30, 30), 1, cv2.LINE_AA
        )
    return canvas


def _fitted(line: str) -> str:
    ascii_line = line.encode("ascii", "replace").decode()
    while ascii_line and cv2.getTextSize(ascii_line, cv2.FONT_HERSHEY_SIMPLEX, 0.38, 1)[0][0] > CELL - 2:
        ascii_line = ascii_line[:-1]
    return ascii_line
