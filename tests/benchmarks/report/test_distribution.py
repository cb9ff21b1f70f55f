"""Where the latencies lie."""

import numpy as np
import pytest

from edgebreed.benchmarks.report.distribution import density, distribution


def test_a_density_encloses_an_area_of_one() -> None:
    """And is highest where most values are."""
    values = np.random.default_rng(0).normal(50, 2, 500)
    places = np.linspace(30, 70, 400)
    heights = density(values, places)
    assert 1.0 == pytest.approx(float(heights.sum() * (places[1] - places[0])), abs=0.01)
    assert 50 == pytest.approx(places[heights.argmax()], abs=1)


def test_every_sample_is_a_stroke_or_counted() -> None:
    """Outliers far beyond the axis are told, not drawn."""
    drawn = distribution(["one"], [[*np.linspace(50, 60, 300), 500.0]])
    assert 300 == drawn.count('class="rug"')
    assert "1 beyond the axis, the slowest 500.0 ms" in drawn


def test_equal_latencies_are_drawn_too() -> None:
    """A hill needs a width."""
    assert "nan" not in distribution(["a", "b"], [[5.0] * 30, [5.0] * 30])
