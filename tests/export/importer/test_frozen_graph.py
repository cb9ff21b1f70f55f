"""TensorFlow functions with all constants inside."""

import numpy as np
import pytest

pytestmark = pytest.mark.keras


def test_constants_from_outside_are_in_the_graph() -> None:
    """The converter to ONNX makes no inputs of them; names of outputs stay."""
    import tensorflow as tf

    from edgebreed.export.importer.frozen_graph import frozen_model
    from edgebreed.export.keras_export import to_onnx

    outside, weight = tf.constant([1.0, 2.0, 3.0]), tf.Variable([2.0])
    spec = tf.TensorSpec((None, 1, 1, 3), tf.float32, "photo")
    function = tf.function(lambda photo: {"sums": photo * weight + outside, "same": photo})
    model = frozen_model(function.get_concrete_function(spec), spec)
    images = np.ones((2, 1, 1, 3), np.float32)
    np.testing.assert_allclose(model(images)["sums"], np.broadcast_to([3, 4, 5], (2, 1, 1, 3)))
    converted = to_onnx(model, 17)
    assert ["photo"] == [value.name for value in converted.graph.input]
    assert {"sums", "same"} == {value.name for value in converted.graph.output}
