"""Throughput by batch size."""

from edgebreed.benchmarks.scenarios.offline import BatchThroughput, best_batch
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup


def recording(images: int, ms: float) -> Recording:
    """Ten batches of equal latency."""
    samples = tuple(Sample(number, 0.0, ms, 1.0, {}) for number in range(10))
    return Recording(samples, Warmup(0, 0.0, True), images)


def test_the_best_batch_processes_most_images_a_second() -> None:
    """Not the one with the shortest latency, and not the largest."""
    found = [BatchThroughput.of(recording(*one)) for one in ((1, 10.0), (4, 20.0), (8, 80.0))]
    assert [100.0, 200.0, 100.0] == [batch.images_per_second for batch in found]
    assert 4 == found[best_batch(found)].size
    assert {
        "size": 4,
        "images_per_second": 200.0,
        "interval": [200.0, 200.0],
        "latency_p50_ms": 20.0,
    } == found[1].to_dict()
