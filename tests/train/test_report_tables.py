"""The rows of a run's report."""

import numpy as np

from edgebreed.train.report_tables import class_rows, matrix_rows

from .report_run import classified, report_data

ROWS = np.eye(3, dtype=np.float32)[[0, 1, 0, 1]]
TESTED = classified((0, 1, 1, 1), ROWS, ("A", "B", "C"))


def test_the_weakest_class_comes_first_and_an_untested_one_last() -> None:
    """Each with its interval, and what it is taken for."""
    weakest, right, untested = class_rows(report_data(TESTED))
    assert ("B", "A", 1) == (weakest.name, weakest.taken_for, weakest.taken_count)
    assert weakest.interval is not None
    assert (0.208, 0.939) == tuple(round(end, 3) for end in weakest.interval)
    assert ("A", "", 0) == (right.name, right.taken_for, right.taken_count)
    assert ("C", None, None) == (untested.name, untested.interval, untested.scores.recall)


def test_each_class_has_its_number_of_images_by_split() -> None:
    """In the order of the splits."""
    rows = {row.name: row.images for row in class_rows(report_data(TESTED))}
    assert {"A": {"train": 10, "test": 1}, "B": {"train": 10, "test": 3}} == {k: rows[k] for k in "AB"}


def test_the_matrix_shows_counts() -> None:
    """Mistakes are marked by their share of the label's images; what never happened has no mark."""
    rows = matrix_rows(TESTED)
    assert [("A", 1), ("B", 3), ("C", 0)] == [(row.name, row.total) for row in rows]
    assert [("right", 1), ("", 0), ("", 0)] == [(cell.style, cell.count) for cell in rows[0].cells]
    assert ["wrong-2", "right", ""] == [cell.style for cell in rows[1].cells]
    assert {""} == {cell.style for cell in rows[2].cells}


def test_a_class_that_is_never_right_has_the_strongest_mark() -> None:
    """All of its images are one mistake."""
    (row, _) = matrix_rows(classified((0, 0), np.array([[0.1, 0.9]] * 2, np.float32)))
    assert [("", 0), ("wrong-4", 2)] == [(cell.style, cell.count) for cell in row.cells]
