"""A TensorFlow function whose variables and constants are all inside its graph.

Where a function takes constants from outside, as the mean of a `Normalization` layer, the converter to ONNX
makes inputs of them, which nobody could feed.
"""

from typing import Any

from edgebreed.train.keras_setup import keras


class FrozenGraph(keras.layers.Layer):  # type: ignore[misc]  # the base is untyped
    """A function as a layer without weights.

    Args:
        function: a concrete function of TensorFlow, of one input.
    """

    def __init__(self, function: Any) -> None:
        super().__init__()
        import tensorflow as tf
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        frozen = convert_variables_to_constants_v2(
            function, lower_control_flow=False, aggressive_inlining=True
        )
        self._function = tf.function(self._imported)
        self._graph = frozen.graph.as_graph_def()
        _hold_constants(self._graph, frozen.graph.captures)
        self._input, self._outputs = frozen.inputs[0].name, [output.name for output in frozen.outputs]
        self._names = function.structured_outputs

    def call(self, inputs: Any) -> Any:
        """What the function gives, in the same structure."""
        return self._function(inputs)

    def _imported(self, inputs: Any) -> Any:
        import tensorflow as tf

        found = tf.graph_util.import_graph_def(
            self._graph, {self._input: inputs}, return_elements=self._outputs, name=""
        )
        return tf.nest.pack_sequence_as(self._names, found)


def _hold_constants(graph: Any, captures: Any) -> None:
    """Puts the values of inputs that the function brings along into the graph."""
    import tensorflow as tf

    values = {inner.op.name: outer for outer, inner in captures if outer.dtype != tf.resource}
    for node in graph.node:
        if node.name in values:
            value = values[node.name]
            node.op = "Const"
            node.attr.clear()
            node.attr["dtype"].type = value.dtype.as_datatype_enum
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value.numpy()))


def frozen_model(function: Any, spec: Any) -> Any:
    """A Keras model of a concrete function.

    Args:
        function: of one input.
        spec: the input's `TensorSpec`.
    """
    image = keras.Input(batch_shape=spec.shape.as_list(), dtype=spec.dtype.name, name=spec.name)
    return keras.Model(image, FrozenGraph(function)(image))
