"""Scaling of pixels folded into the first convolution."""

import numpy as np
import pytest

from edgebreed.export.graph.index import GraphIndex, Model, clean_up
from edgebreed.export.graph.rescaling import fold_rescaling

from .models import kinds, residual, run


def padded(offset: float) -> Model:
    """The small network with a padded first convolution."""
    model = residual()
    conv = GraphIndex(model).producers["x0"]
    attribute = conv.attribute.add()
    attribute.name, attribute.type = "pads", attribute.INTS
    attribute.ints.extend([1] * 4)
    GraphIndex(model).initializers["offset"].CopyFrom(
        type(model.graph.initializer[0])(name="offset", data_type=1, float_data=[offset])
    )
    del model.graph.value_info[:]
    return model


def test_scale_and_offset_go_into_weights_and_bias() -> None:
    """Only the cast is left, and the outputs are the same."""
    model = residual()
    before = run(model)
    assert fold_rescaling(model)
    clean_up(model)
    assert (1, 0, 3) == (kinds(model)["Cast"], kinds(model)["Mul"], kinds(model)["Add"])
    np.testing.assert_allclose(before, run(model), atol=1e-6)


@pytest.mark.parametrize(("offset", "folds"), [(0.0, True), (-1.0, False)])
def test_with_padding_a_scale_is_folded_but_no_offset(offset: float, folds: bool) -> None:
    """Padded pixels are 0 after the offset, not before."""
    model = padded(offset)
    before = run(model)
    assert folds == fold_rescaling(model)
    np.testing.assert_allclose(before, run(model), atol=1e-6)


def test_a_graph_without_scaling_stays() -> None:
    """A second pass finds nothing to fold."""
    model = residual()
    fold_rescaling(model)
    assert not fold_rescaling(model)
