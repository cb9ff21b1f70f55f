"""Small TFLite classifiers of other programs, made object by object, and how to run them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.importer.tflite_graph import BUILTIN, TfliteStep, chain, quantization_of
from edgebreed.export.tflite_flatbuffer import schema

SIDES = (4, 6)
IMAGES = np.random.default_rng(0).integers(0, 256, (2, *SIDES, 3), np.uint8)  # RGB
Quantized = tuple[float, int]
"""Scale and zero point."""


def foreign(
    shape: tuple[int, ...],
    dtype: str = "float32",
    quantized: Quantized | None = None,
    is_open: bool = True,
    last: int | None = None,
) -> Any:
    """A model that hands its input on as one row an image, through another operator if one is named.

    Args:
        shape: of the input, without the batch.
        dtype: of input and output, as NumPy calls it.
        quantized: scale and zero point of both.
        is_open: whether the batch is open.
        last: number of an operator without options, after which the output is called `scores`.
    """
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.buffers, model.operatorCodes, model.subgraphs = 3, [schema.BufferT()], [], [graph]
    kept = None if quantized is None else quantization_of(*quantized)
    own = schema.TensorT()
    own.name, own.type, own.quantization = b"data", getattr(schema.TensorType, dtype.upper()), kept
    own.shape = np.array([1, *shape], np.int32)
    own.shapeSignature = np.array([-1 if is_open else 1, *shape], np.int32)
    graph.tensors, graph.inputs = [own], np.array([0], np.int32)
    classes = int(np.prod(shape))
    options = schema.ReshapeOptionsT()
    options.newShape = np.array([-1, classes], np.int32)
    steps = [TfliteStep(BUILTIN.RESHAPE, dtype, (classes,), (options.newShape,), options, 1, kept)]
    if last is not None:
        steps.append(TfliteStep(last, dtype, (classes,), quantization=kept))
    graph.operators = chain(model, 0, steps)
    graph.outputs = graph.operators[-1].outputs
    graph.tensors[graph.outputs[0]].name = b"scores"
    return model


def run(data: bytes, images: NDArray[Any] = IMAGES) -> NDArray[np.float32]:
    """What LiteRT gives for images, one after another."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=data, num_threads=1)
    interpreter.allocate_tensors()
    (image,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
    rows = []
    for one in images:
        interpreter.set_tensor(image["index"], one[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(output["index"])[0])
    return np.asarray(rows)
