"""The plots of a run's report."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.page_templates import PAGES
from edgebreed.train.run_plots import (
    COLOURS,
    matrix_side,
    plot_calibration,
    plot_confusion,
    plot_curves,
)

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], np.float32)
HISTORY = {name: [0.5, 0.4] for name in ("loss", "val_loss", "accuracy", "val_accuracy")}


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """`(H, W, 3 or 4) uint8` of a picture."""
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)


PLOTS = {
    "curves": plot_curves(HISTORY),
    "calibration": plot_calibration(ROWS, np.array([0, 1, 1])),
    "confusion": plot_confusion(np.eye(2, dtype=np.int64), ("a", "b")),
}


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS.keys())
def test_a_plot_is_on_white(plot: bytes) -> None:
    """Ready for a slide, with dark ink on it."""
    pixels = pixels_of(plot)[..., :3]
    assert (255, 255, 255) == tuple(pixels[0, 0])
    assert pixels.max(axis=2).min() < 100


def test_what_never_happened_is_light() -> None:
    """A matrix of many classes is mostly that."""
    plot = plot_confusion(np.eye(30, dtype=np.int64), tuple(map(str, range(30))))
    assert np.median(pixels_of(plot)[..., :3].sum(axis=2)) > 600


def test_the_colours_are_those_of_the_page() -> None:
    """A curve in a slide looks as it does in the report."""
    style = (PAGES / "report.html").read_text()
    assert all(f"--series-{number}: {colour};" in style for number, colour in enumerate(COLOURS, 1))


@pytest.mark.slow
def test_the_matrix_grows_with_its_classes_up_to_an_end() -> None:
    """Up to twenty have room for their numbers; a plot of thousands would take all memory."""
    sides = [matrix_side(classes) for classes in (5, 20, 64, 200)]
    assert all(smaller < larger for smaller, larger in pairwise(sides))
    assert matrix_side(200) == matrix_side(2000)
    assert plot_confusion(np.eye(500, dtype=np.int64), tuple(map(str, range(500)))).startswith(b"\x89PNG")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["5$ note$", "$\\frac{$", "caf\udce9", "\u732b", "a\nb", "x" * 255, "\x1b"])
def test_any_class_name_is_drawn(name: str) -> None:
    """A folder's name is no formula, and may hold any character."""
    assert plot_confusion(np.eye(2, dtype=np.int64), (name, "b")).startswith(b"\x89PNG")


@pytest.mark.parametrize("rows", [np.full((3, 2), np.nan, np.float32), np.array([*ROWS[:2], [np.nan] * 2])])
def test_probabilities_that_are_no_numbers_are_left_out(rows: NDArray[np.float32]) -> None:
    """A network that diverged gives them."""
    png = plot_calibration(rows, np.zeros(3, np.int64))
    assert cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR) is not None
