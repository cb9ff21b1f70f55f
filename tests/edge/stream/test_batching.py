"""How long the first frame of a batch waits."""

import pytest

from edgebreed.edge.stream.batching import LONGEST_S, SHORTEST_S, Batching


def test_the_budget_is_the_period_less_the_execution() -> None:
    """25 frames a second and 10 ms of inference leave 30 ms."""
    batching = Batching(4, fps=25)
    assert 0.04 == pytest.approx(batching.budget_s())
    batching.finished(0.01)
    assert 0.03 == pytest.approx(batching.budget_s())


@pytest.mark.parametrize(("fps", "execution_s", "budget_s"), [(120, 0.5, SHORTEST_S), (2, 0.01, LONGEST_S)])
def test_the_budget_is_bounded(fps: float, execution_s: float, budget_s: float) -> None:
    """Neither no time for the others, nor a picture that is long gone."""
    batching = Batching(4, fps)
    batching.finished(execution_s)
    assert budget_s == batching.budget_s()


def test_the_execution_is_averaged() -> None:
    """One slow inference does not take the budget of the next."""
    batching = Batching(4, fps=10)
    for seconds in (0.01, 0.01, 0.06):
        batching.finished(seconds)
    assert 0.08 == pytest.approx(batching.budget_s())
