"""The charts of the HTML report."""

import re

import numpy as np
import pytest

from edgebreed.benchmarks.report.charts import (
    NAME_LENGTH,
    ParetoPoint,
    density,
    distribution_chart,
    drift_chart,
    pareto_chart,
    pareto_front,
    stage_chart,
)
from edgebreed.benchmarks.stats.samples import LatencyStatistics, SampleColumns

POINTS = (
    ParetoPoint("slow and right", 100.0, 0.98, 0),
    ParetoPoint("fast", 40.0, 0.97, 1),
    ParetoPoint("beaten", 60.0, 0.96, 2),
    ParetoPoint("as right as fast, slower", 50.0, 0.97, 3),
)


def columns(query: list[int], total_ms: list[float], at_s: list[float]) -> SampleColumns:
    """Samples of two images."""
    zeros = (0.0,) * len(query)
    return SampleColumns(("a", "b"), tuple(query), tuple(at_s), tuple(total_ms), zeros, (None,) * len(query))


def test_a_density_encloses_an_area_of_one() -> None:
    """And is highest where most values are."""
    values = np.random.default_rng(0).normal(50, 2, 500)
    places = np.linspace(30, 70, 400)
    heights = density(values, places)
    assert 1.0 == pytest.approx(float(heights.sum() * (places[1] - places[0])), abs=0.01)
    assert 50 == pytest.approx(places[heights.argmax()], abs=1)


def test_every_sample_is_a_stroke_or_counted() -> None:
    """Outliers far beyond the axis are counted in the label, not drawn."""
    chart = distribution_chart(["one"], [[*np.linspace(50, 60, 300), 500.0]])
    assert 300 == chart.count('class="rug"')
    assert "1 beyond the axis, the slowest 500.0 ms" in chart


def test_a_long_name_loses_its_middle() -> None:
    """The page's width is not for the name alone; the whole one shows under the pointer."""
    name = f"1  {'x' * 250} int8 in onnxruntime/CPU"
    stages = {"inference": LatencyStatistics.of([1.0])}
    for chart in (distribution_chart([name], [[5.0, 6.0]]), stage_chart([name], [stages])):
        shown = re.findall(r'class="label"[^>]*>([^<]*)<', chart)[0].split("  ·  ")[0]
        assert NAME_LENGTH == len(shown)
        assert shown.endswith("int8 in onnxruntime/CPU")
        assert f"<title>{name}</title>" in chart


def test_equal_latencies_are_drawn_too() -> None:
    """A density needs a bandwidth."""
    assert "nan" not in distribution_chart(["a", "b"], [[5.0] * 30, [5.0] * 30])


def test_a_bar_for_each_system_and_a_part_for_each_stage() -> None:
    """Named in the bar where there is room, in the legend always."""
    stages = {name: LatencyStatistics.of([ms]) for name, ms in (("decode", 1.0), ("inference", 40.0))}
    chart = stage_chart(["one", "two"], [stages, stages])
    assert 2 * 2 + 2 == chart.count("<rect")
    assert 2 == chart.count('class="inbar"')
    assert ">decode</text>" in chart


def test_the_drift_of_each_system_is_a_line() -> None:
    """Divided by its own median, image by image."""
    numbers = range(80)
    record = columns(
        [number % 2 for number in numbers],
        [10.0 if number % 2 else 20.0 for number in numbers],
        [float(number) for number in numbers],
    )
    chart = drift_chart([record, record])
    assert 2 == chart.count('class="series"')
    heights = {point.split()[1] for point in chart.split('d="M')[1].split('"')[0].split(" L")}
    assert 1 == len(heights)


def test_the_drift_of_a_single_sample_is_drawn() -> None:
    """The axis needs a length."""
    assert "<svg" in drift_chart([columns([0], [5.0], [0.0])])


def test_the_front_holds_what_nothing_beats() -> None:
    """By cost."""
    assert ["fast", "slow and right"] == [point.name for point in pareto_front(POINTS)]


def test_every_point_is_drawn() -> None:
    """With its number, its name under the pointer, and one line of the front."""
    chart = pareto_chart(POINTS, "p50 latency, ms")
    assert 4 == chart.count("<circle")
    assert 1 == chart.count('class="front"')
    assert "beaten: 60.0, top-1 96.0%" in chart


def test_equal_accuracies_are_drawn_too() -> None:
    """A scale needs a height."""
    points = [ParetoPoint("a", 1.0, 1.0, 0), ParetoPoint("b", 2.0, 1.0, 1)]
    assert 2 == pareto_chart(points, "MB").count("<circle")
