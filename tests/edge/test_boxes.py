"""Boxes round faces."""

import pytest

from edgebreed.edge.boxes import overlap

FACE, HALF, ELSEWHERE = (100, 100, 50, 50), (125, 100, 50, 50), (300, 20, 40, 40)


def test_overlap_is_intersection_over_union() -> None:
    """None, a third, all."""
    assert [0.0, 1 / 3, 1.0] == pytest.approx([overlap(FACE, other) for other in (ELSEWHERE, HALF, FACE)])
