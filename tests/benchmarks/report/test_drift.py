"""How steady a subject was."""

from edgebreed.benchmarks.report.drift import drift


def test_a_line_a_subject() -> None:
    """Held against its own median, photo by photo."""
    record = {
        "query": [number % 2 for number in range(80)],
        "total_ms": [10.0 if number % 2 else 20.0 for number in range(80)],
        "at_s": [float(number) for number in range(80)],
    }
    drawn = drift([record, record])
    assert 2 == drawn.count('class="series"')
    heights = {point.split()[1] for point in drawn.split('d="M')[1].split('"')[0].split(" L")}
    assert 1 == len(heights)


def test_a_single_sample_is_drawn() -> None:
    """No axis of no length."""
    assert "<svg" in drift([{"query": [0], "total_ms": [5.0], "at_s": [0.0]}])
