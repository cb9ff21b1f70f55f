"""Bounds of a network on a GPU."""

from edgebreed.benchmarks.studies.gpu_bounds import Bound, BoundVerdict, bounds_of
from edgebreed.edge.manifest import Precision

FP32, FP16 = Precision.FP32, Precision.FP16


def test_both_precisions_must_hold() -> None:
    """The worse counts; in a batch fp16 alone, of which more is better."""
    bounds = bounds_of({FP32: 1.09, FP16: 1.11}, {FP32: 0.5, FP16: 0.9}, {FP16: 0.95}, {FP32: 0.2, FP16: 0.2})
    assert ["missed", "passed", "passed", "passed"] == [bound.verdict for bound in bounds]
    assert [1.11, 0.9, 0.95, 0.2] == [bound.found for bound in bounds]


def test_what_was_not_measured_passes_nothing() -> None:
    """One precision of two is not enough."""
    bounds = bounds_of({FP32: 1.0}, {FP32: 0.5, FP16: None}, {FP32: 1.0}, {})
    assert [BoundVerdict.NOT_MEASURED] * 4 == [bound.verdict for bound in bounds]


def test_a_bound_says_all_of_itself() -> None:
    """In a line and in JSON."""
    bound = Bound("a / b", 0.9, 0.8949, at_least=True)
    assert "missed: a / b: 0.895, at least 0.90" == str(bound)
    assert ("missed", 0.8949) == (bound.to_dict()["verdict"], bound.to_dict()["found"])
    assert "passed: a / b: 1.000, at most 1.00" == str(Bound("a / b", 1.0, 1.0))
    assert "not measured: a / b: at most 1.00" == str(Bound("a / b", 1.0, None))
