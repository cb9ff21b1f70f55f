"""Looking things up in a graph."""

import numpy as np

from edgebreed.export.graph.index import Index, attribute, set_constant

from .models import residual


def test_makers_takers_and_constants_are_found() -> None:
    """By the name of the value."""
    index = Index(residual())
    assert "conv0" == index.makers["x0"].name
    assert ["relu1", "sum1"] == [node.name for node in index.takers["x0"]]
    assert index.only_taker("x0") is None
    assert "point1" == getattr(index.only_taker("y1"), "name", None)
    assert index.constant("x0") is None
    assert 8 == attribute(index.makers["y1"], "group", 1)
    assert 1 == attribute(index.makers["x0"], "group", 1)


def test_a_constant_is_added_or_replaced() -> None:
    """By its name."""
    model = residual()
    for values in (np.zeros(3, np.float32), np.ones(2, np.float32)):
        set_constant(model, "new", values)
        np.testing.assert_array_equal(values, Index(model).constant("new"))
    assert 1 == sum(tensor.name == "new" for tensor in model.graph.initializer)


def test_a_scalar_stays_one() -> None:
    """ONNX Runtime adds in integers only where scale and zero point have no dimension."""
    model = residual()
    set_constant(model, "new", np.asarray(0.5, np.float32))
    assert () == getattr(Index(model).constant("new"), "shape", None)
