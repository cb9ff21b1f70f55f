"""The `demo` data set: drawn coloured shapes, so that every command works without a download."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.images import Frame

SIDE = 96
COUNTS = {"train": 100, "valid": 20, "test": 20}
Draw = Callable[[Frame, tuple[int, int], int, tuple[int, int, int]], None]


def write_demo(root: Path, seed: int = 0) -> Path:
    """Draws six classes of shapes on noisy backgrounds, as PNG files below `root/<split>/<class>`.

    The same seed draws the same bytes.

    Returns:
        `root`.
    """
    rng = np.random.default_rng(seed)
    for split, count in COUNTS.items():
        for name, draw in SHAPES.items():
            folder = root / split / name
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                # imwrite itself would end the process below a folder whose name is no UTF-8
                png = cv2.imencode(".png", _picture(draw, rng))[1].tobytes()
                (folder / f"{number:03}.png").write_bytes(png)
    return root


def _picture(draw: Draw, rng: np.random.Generator) -> Frame:
    background = rng.integers(0, 120, 3)
    noise = rng.normal(0, 18, (SIDE, SIDE, 3))
    canvas = np.clip(background + noise, 0, 255).astype(np.uint8)
    radius = int(rng.integers(SIDE // 6, SIDE // 3))
    centre = tuple(int(v) for v in rng.integers(radius, SIDE - radius, 2))
    colour = tuple(int(v) for v in rng.integers(140, 256, 3))
    draw(canvas, (centre[0], centre[1]), radius, (colour[0], colour[1], colour[2]))
    return canvas


def _polygon(corners: int, inner: float = 1.0) -> Draw:
    """A regular polygon; with `inner` below 1 a star, whose inner corners have that share of the radius."""

    def draw(canvas: Frame, centre: tuple[int, int], radius: int, colour: tuple[int, int, int]) -> None:
        steps = corners if inner == 1.0 else 2 * corners
        angles = np.linspace(0, 2 * np.pi, steps, endpoint=False) - np.pi / 2
        reach = np.where(np.arange(steps) % 2 == 0, 1.0, inner) * radius
        points = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], axis=1) + centre
        cv2.fillPoly(canvas, [points.round().astype(np.int32)], colour)

    return draw


def _disc(canvas: Frame, centre: tuple[int, int], radius: int, colour: tuple[int, int, int]) -> None:
    cv2.circle(canvas, centre, radius, colour, -1)


def _ring(canvas: Frame, centre: tuple[int, int], radius: int, colour: tuple[int, int, int]) -> None:
    cv2.circle(canvas, centre, radius - 3, colour, 5)


def _cross(canvas: Frame, centre: tuple[int, int], radius: int, colour: tuple[int, int, int]) -> None:
    (x, y), arm = centre, max(2, radius // 4)
    cv2.rectangle(canvas, (x - radius, y - arm), (x + radius, y + arm), colour, -1)
    cv2.rectangle(canvas, (x - arm, y - radius), (x + arm, y + radius), colour, -1)


SHAPES: dict[str, Draw] = {
    "cross": _cross,
    "disc": _disc,
    "ring": _ring,
    "square": _polygon(4),
    "star": _polygon(5, inner=0.4),
    "triangle": _polygon(3),
}
