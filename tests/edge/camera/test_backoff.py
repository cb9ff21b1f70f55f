"""Waiting longer after each failure."""

import random
from itertools import islice

import pytest

from edgebreed.edge.camera.backoff import Backoff


def test_waits_double_up_to_the_cap() -> None:
    """Without jitter they are exact."""
    assert [1, 2, 4, 5, 5] == list(islice(Backoff(1, 2, 5, jitter=0).waits(), 5))


def test_jitter_only_shortens_and_differs_by_seed() -> None:
    """Two cameras that lost one switch do not come back in step."""
    backoff = Backoff(1, 2, 8, jitter=0.5)
    one, other = (list(islice(backoff.waits(random.Random(seed)), 6)) for seed in (1, 2))
    assert one != other
    for wait, nominal in zip(one, (1, 2, 4, 8, 8, 8), strict=True):
        assert nominal / 2 <= wait <= nominal


@pytest.mark.parametrize("wrong", [{"first": 0}, {"first": 9, "cap": 1}, {"factor": 0.5}, {"jitter": 2}])
def test_what_would_not_grow_is_refused(wrong: dict[str, float]) -> None:
    """With the limits."""
    with pytest.raises(ValueError, match="0 < first <= cap, factor >= 1 and 0 <= jitter <= 1"):
        Backoff(**wrong)
