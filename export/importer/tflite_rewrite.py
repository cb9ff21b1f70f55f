"""Puts the preprocessing of a foreign TFLite classifier into its flatbuffer.

Afterwards it is a model as edgebreed exports them: it takes `image`, `(N, H, W, 3) uint8 RGB`, and gives
`probabilities`, `(N, classes) float32`, with the batch open or fixed as it was.

Channel order, grey, scale, mean and std are one convolution of 1 x 1 pixel, which XNNPACK and the delegate
of GPUs take; XNNPACK has no GATHER, no REVERSE_V2 and no STRIDED_SLICE that steps back. An input of whole
numbers is quantized in the graph where `InputQuantization` says that bytes are not its numbers already.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import ModelFileError
from edgebreed.export.importer.input_quantization import InputQuantization
from edgebreed.export.importer.pixel_transform import (
    GREY_WEIGHTS,
    Channels,
    Layout,
    OutputKind,
    PixelTransform,
)
from edgebreed.export.importer.tflite_graph import (
    BUILTIN,
    TYPES,
    TfliteStep,
    add_tensor,
    chain,
    quantization_of,
    remove_unused,
)
from edgebreed.export.tflite_flatbuffer import schema

IMAGE, PROBABILITIES = "image", "probabilities"
DTYPES = {number: name for name, number in TYPES.items()}
Sides = tuple[int, int]
Steps = list[TfliteStep]


def quantization(tensor: Any) -> InputQuantization | None:
    """How a tensor of whole numbers stands for real values; None where it does not say, or is no such.

    Args:
        tensor: an object of the schema (`TensorT`).
    """
    found, dtype = tensor.quantization, DTYPES.get(tensor.type, "")
    scales = None if found is None else found.scale
    if dtype not in ("uint8", "int8") or scales is None or len(scales) != 1:
        return None
    zero = found.zeroPoint
    return InputQuantization(dtype, float(scales[0]), int(zero[0]) if zero is not None and len(zero) else 0)


def with_image_input(model: Any, transform: PixelTransform, sides: Sides) -> None:
    """Replaces a model's own input by `image`, and computes it from that.

    Args:
        model: of one input, `float32`, `uint8` or `int8`; changed in place.
        transform: from grey levels to the model's own input.
        sides: height and width of the input in px.

    Raises:
        ModelFileError: the input is of whole numbers that do not tell real values, and the transform makes
            fractions, or the input is int8.
    """
    graph = model.subgraphs[0]
    own = int(graph.inputs[0])
    tensor = graph.tensors[own]
    _rename(model, IMAGE)
    _fix_sides(tensor, transform, sides)
    is_float = tensor.type == TYPES["float32"]
    first, steps = _to_float(transform, sides) if is_float else _to_whole(tensor, transform, sides)
    if transform.layout is Layout.NCHW:
        shape = (transform.channels.depth, *sides)
        last = steps[-1] if steps else first
        order = np.array([0, 3, 1, 2], np.int32)
        version = 2 if last.dtype == "int8" else 1
        kept = last.quantization
        steps.append(TfliteStep(BUILTIN.TRANSPOSE, last.dtype, shape, (order,), None, version, kept))
    if not steps:
        tensor.name = IMAGE.encode()
        return
    image = add_tensor(model, "uint8", (*sides, 3), own, first.quantization, IMAGE)
    graph.operators = [*chain(model, image, steps, own), *graph.operators]
    graph.inputs = np.asarray([image], np.int32)


def _to_float(transform: PixelTransform, sides: Sides) -> tuple[TfliteStep, Steps]:
    """The image's own description, and the steps from it to real values."""
    image = TfliteStep(BUILTIN.CAST, "uint8", (*sides, 3))
    steps = [TfliteStep(BUILTIN.CAST, "float32", (*sides, 3))]
    if transform.channels is Channels.GRAY:
        steps += _grey(sides)
        if not transform.is_identity:
            steps.append(_pointwise(transform.factor.reshape(1, 1), transform.offset, sides))
    elif transform.channels is Channels.BGR or not transform.is_identity:
        order = np.eye(3, dtype=np.float32)[:: -1 if transform.channels is Channels.BGR else 1]
        steps.append(_pointwise(order * transform.factor.reshape(-1, 1), transform.offset, sides))
    return image, steps


def _grey(sides: Sides) -> Steps:
    """Rounded to whole levels, as the original program has it."""
    weights = np.array([GREY_WEIGHTS], np.float32)
    floor = TfliteStep(BUILTIN.FLOOR, "float32", (*sides, 1))
    return [_pointwise(weights, np.array([0.5], np.float32), sides), floor]


def _pointwise(weights: NDArray[np.float32], bias: NDArray[np.float32], sides: Sides) -> TfliteStep:
    """A convolution of 1 x 1 pixel.

    Args:
        weights: `(out, in) float32`, of channels.
        bias: `(out,)` or `(1,) float32`.
        sides: height and width in px.
    """
    options = schema.Conv2DOptionsT()
    options.strideH = options.strideW = options.dilationHFactor = options.dilationWFactor = 1
    options.padding = schema.Padding.VALID
    kernel = np.ascontiguousarray(weights, np.float32)[:, None, None, :]
    each = np.broadcast_to(bias, len(weights)).astype(np.float32)
    return TfliteStep(BUILTIN.CONV_2D, "float32", (*sides, len(weights)), (kernel, each), options)


def _to_whole(tensor: Any, transform: PixelTransform, sides: Sides) -> tuple[TfliteStep, Steps]:
    """The same for an input of whole numbers."""
    real, dtype = quantization(tensor), DTYPES[tensor.type]
    if real is None and dtype == "int8":
        raise ModelFileError("the model's input is int8 without a scale: convert it again, with one")
    if real is None and not transform.is_identity:
        raise ModelFileError(
            "the model's input is uint8 without a scale, so it scales pixels itself: pass --scale 1 without "
            "--mean and --std"
        )
    if real is not None and not real.takes_bytes(transform):
        image, steps = _to_float(transform, sides)
        depth = transform.channels.depth
        own = TfliteStep(BUILTIN.QUANTIZE, dtype, (*sides, depth), quantization=tensor.quantization)
        return image, [*steps, own]
    return _bytes(real, transform.channels, sides)


def _bytes(real: InputQuantization | None, channels: Channels, sides: Sides) -> tuple[TfliteStep, Steps]:
    """The same where grey levels are its numbers, so that nothing is computed in fractions but grey."""
    kept = None if real is None else quantization_of(real.scale, real.zero_point - real.lowest)
    image = TfliteStep(BUILTIN.CAST, "uint8", (*sides, 3), quantization=kept)
    steps: Steps = []
    shape = (*sides, channels.depth)
    if channels is Channels.BGR:
        options = schema.GatherOptionsT()
        options.axis = 3
        order = np.array([2, 1, 0], np.int32)
        steps.append(TfliteStep(BUILTIN.GATHER, "uint8", shape, (order,), options, quantization=kept))
    if channels is Channels.GRAY:
        cast = TfliteStep(BUILTIN.CAST, "float32", (*sides, 3))
        steps += [cast, *_grey(sides), TfliteStep(BUILTIN.CAST, "uint8", shape, quantization=kept)]
    if real is not None and real.dtype == "int8":
        own = quantization_of(real.scale, real.zero_point)
        steps.append(TfliteStep(BUILTIN.QUANTIZE, "int8", shape, quantization=own))
    return image, steps


def _fix_sides(tensor: Any, transform: PixelTransform, sides: Sides) -> None:
    """Gives an input whose sides are open those of the recipe; the batch stays as it is."""
    depth = transform.channels.depth
    shape = (depth, *sides) if transform.layout is Layout.NCHW else (*sides, depth)
    tensor.shape = np.asarray([1, *shape], np.int32)
    if tensor.shapeSignature is not None and len(tensor.shapeSignature):
        tensor.shapeSignature = np.asarray([tensor.shapeSignature[0], *shape], np.int32)


def with_probabilities(model: Any, output: int, kind: OutputKind, classes: int) -> None:
    """Makes `probabilities` of one of a model's outputs, the only one that is left.

    Signatures, which name inputs and outputs, are removed; operators that led to other outputs too.

    Args:
        model: changed in place.
        output: index of the tensor, `float32` or quantized, of `classes` numbers an image.
        kind: what it holds.
        classes: how many.
    """
    graph = model.subgraphs[0]
    _rename(model, PROBABILITIES)
    steps = _to_probabilities(graph.tensors[output], kind, classes)
    if steps:
        added = chain(model, output, steps)
        graph.operators = [*graph.operators, *added]
        output = int(added[-1].outputs[0])
    graph.tensors[output].name = PROBABILITIES.encode()
    graph.outputs = np.asarray([output], np.int32)
    model.signatureDefs = []
    remove_unused(model)


def _to_probabilities(tensor: Any, kind: OutputKind, classes: int) -> Steps:
    steps: Steps = []
    if tensor.type != TYPES["float32"]:
        version = 2 if tensor.type == TYPES["int8"] else 1
        sides = tuple(map(int, tensor.shape[1:]))
        steps.append(TfliteStep(BUILTIN.DEQUANTIZE, "float32", sides, version=version))
    if len(tensor.shape) != 2:
        options = schema.ReshapeOptionsT()
        options.newShape = np.array([-1, classes], np.int32)
        shape = (options.newShape,)
        steps.append(TfliteStep(BUILTIN.RESHAPE, "float32", (classes,), shape, options))
    if kind is OutputKind.LOGITS:
        options = schema.SoftmaxOptionsT()
        options.beta = 1.0
        steps.append(TfliteStep(BUILTIN.SOFTMAX, "float32", (classes,), (), options))
    if kind is OutputKind.SIGMOID:
        steps.append(TfliteStep(BUILTIN.LOGISTIC, "float32", (classes,)))
    return steps


def _rename(model: Any, name: str) -> None:
    """Gives a tensor another name that has one of ours."""
    for tensor in model.subgraphs[0].tensors:
        if tensor.name == name.encode():
            tensor.name = f"own_{name}".encode()
