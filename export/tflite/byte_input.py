"""Lets an int8 TFLite model take the photo's bytes by integer arithmetic alone."""

from typing import Any

import numpy as np

from edgebreed.export.tflite.flatbuffer import only_taker, operator_name, schema


def input_range(model: Any) -> dict[str, dict[str, Any]]:
    """The range of the float pixels, 0 to 255, as ai-edge-quantizer's calibration spells it.

    What calibration photos show is narrower, and would clip the lightest pixels of others.

    Returns:
        The tensor's name and its range; empty where the pixels are scaled before they are quantized.
    """
    graph = model.subgraphs[0]
    cast = only_taker(graph, graph.inputs[0])
    operator = None if cast is None else only_taker(graph, cast.outputs[0])
    if cast is None or operator is None or operator_name(model, operator) != "CONV_2D":
        return {}
    shape = (1, 1, 1, 1)
    bounds = {"min": np.zeros(shape, np.float32), "max": np.full(shape, 255, np.float32)}
    return {graph.tensors[cast.outputs[0]].name.decode(): bounds}


def take_bytes(model: Any) -> bool:
    """Turns a cast to float with a quantizer behind it into one requantization of bytes.

    `QUANTIZE` maps uint8 of scale 1 and zero point 0 to int8 of scale 1 and zero point -128.

    Returns:
        Whether the model was changed.
    """
    graph = model.subgraphs[0]
    cast = only_taker(graph, graph.inputs[0])
    quantizer = None if cast is None else only_taker(graph, cast.outputs[0])
    if quantizer is None or operator_name(model, quantizer) != "QUANTIZE":
        return False
    if not np.isclose(graph.tensors[quantizer.outputs[0]].quantization.scale[0], 1.0):
        return False
    parameters = schema.QuantizationParametersT()
    parameters.scale, parameters.zeroPoint = [1.0], [0]
    graph.tensors[graph.inputs[0]].quantization = parameters
    quantizer.inputs = np.array([graph.inputs[0]], np.int32)
    graph.operators = [op for op in graph.operators if op is not cast]
    return True
