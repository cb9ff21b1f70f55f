"""The preprocessing of a foreign classifier in its flatbuffer."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.errors import ModelFileError
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind, PixelTransform
from edgebreed.export.importer.tflite_graph import BUILTIN
from edgebreed.export.importer.tflite_rewrite import with_image_input, with_probabilities
from edgebreed.export.tflite_flatbuffer import operator_name, schema, serialized

from .tflite_made import IMAGES, SIDES, Quantized, foreign, run

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALVES = ((0.5,), (0.5,))
BYTES = PixelTransform(Layout.NHWC, scale=1.0)


def shape(layout: Layout, channels: Channels) -> tuple[int, ...]:
    """Of a model's own input, without the batch."""
    return (channels.depth, *SIDES) if layout is Layout.NCHW else (*SIDES, channels.depth)


def real_values(transform: PixelTransform) -> NDArray[np.float64]:
    """What a program of another author computes in NumPy for its model."""
    pixels = IMAGES.astype(np.float64)
    if transform.channels is Channels.BGR:
        pixels = pixels[..., ::-1]
    if transform.channels is Channels.GRAY:
        pixels = np.floor(pixels @ np.array([[0.299], [0.587], [0.114]]) + 0.5)
    pixels = (pixels * transform.scale - np.array(transform.mean)) / np.array(transform.std)
    pixels = pixels.transpose(0, 3, 1, 2) if transform.layout is Layout.NCHW else pixels
    return np.asarray(pixels.reshape(len(IMAGES), -1))


def rewritten(model: Any, transform: PixelTransform, kind: OutputKind = OutputKind.PROBABILITIES) -> bytes:
    """A model's bytes afterwards, which every check of the runtime passes."""
    output, classes = int(model.subgraphs[0].outputs[0]), int(np.prod(model.subgraphs[0].tensors[0].shape))
    with_image_input(model, transform, SIDES)
    with_probabilities(model, output, kind, classes)
    data = serialized(model)
    check_tflite(data)
    return data


def operators(model: Any) -> list[str]:
    """Names of a model's operators, in order."""
    return [operator_name(model, one) for one in model.subgraphs[0].operators]


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("channels", Channels)
@pytest.mark.parametrize(("mean", "std"), [((0.0,), (1.0,)), HALVES, IMAGENET])
@pytest.mark.parametrize("is_open", [True, False])
def test_pixels_reach_the_model_as_its_own_program_gives_them(
    layout: Layout, channels: Channels, mean: tuple[float, ...], std: tuple[float, ...], is_open: bool
) -> None:
    """Each layout and channel order, in the common scalings."""
    if channels is Channels.GRAY:
        mean, std = mean[:1], std[:1]
    transform = PixelTransform(layout, channels, 1 / 255, mean, std)
    data = rewritten(foreign(shape(layout, channels), is_open=is_open), transform)
    assert real_values(transform) == pytest.approx(run(data), abs=2e-6)


@pytest.mark.parametrize("channels", Channels)
@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize(("dtype", "zero"), [("uint8", 128), ("int8", 0)])
def test_bytes_pass_where_the_quantization_undoes_the_normalization(
    channels: Channels, layout: Layout, dtype: str, zero: int
) -> None:
    """A model that was trained on -1..1 takes a photo's bytes, of which int8 begins at -128."""
    model = foreign(shape(layout, channels), dtype, (1 / 128, zero))
    data = rewritten(model, PixelTransform(layout, channels, 1 / 127.5, (1.0,)))
    levels = real_values(PixelTransform(layout, channels, scale=1.0))
    assert np.array_equal((levels - 128) / 128, run(data))
    assert "CONV_2D" not in operators(model) or channels is Channels.GRAY


@pytest.mark.parametrize(("dtype", "zero"), [("uint8", 131), ("int8", 3)])
@pytest.mark.parametrize("layout", Layout)
def test_real_values_are_quantized_where_bytes_are_others(dtype: str, zero: int, layout: Layout) -> None:
    """To the nearest of the values that the input can hold, and no further than these reach."""
    quantized: Quantized = (0.0125, zero)
    transform = PixelTransform(layout, Channels.BGR, 1 / 255, *IMAGENET)
    data = rewritten(foreign(shape(layout, Channels.BGR), dtype, quantized), transform)
    lowest = np.iinfo(dtype).min
    limits = (np.array([lowest, lowest + 255]) - zero) * quantized[0]
    assert np.clip(real_values(transform), *limits) == pytest.approx(run(data), abs=quantized[0] / 2 + 1e-6)


def test_without_a_transform_a_quantized_input_takes_bytes() -> None:
    """Whatever its scale says; nothing is added to the graph, and the batch stays open."""
    model = foreign((*SIDES, 3), "uint8", (0.0125, 131))
    data = rewritten(model, BYTES)
    assert (IMAGES.reshape(2, -1) - 131.0) * 0.0125 == pytest.approx(run(data), abs=1e-6)
    assert ["RESHAPE", "DEQUANTIZE"] == operators(model)
    (image,) = (model.subgraphs[0].tensors[place] for place in model.subgraphs[0].inputs)
    assert (b"image", [-1, 4, 6, 3]) == (image.name, list(image.shapeSignature))


def test_whole_numbers_without_a_scale_stay_whole() -> None:
    """Such a model scales itself; another scaling before it is a mistake, and int8 has no meaning."""
    kept = rewritten(foreign((*SIDES, 3), "uint8", (1.0, 0)), BYTES)
    assert np.array_equal(IMAGES.reshape(2, -1), run(kept))
    with pytest.raises(ModelFileError, match="uint8 without a scale, .* pass --scale 1 without --mean"):
        with_image_input(foreign((*SIDES, 3), "uint8"), PixelTransform(Layout.NHWC), SIDES)
    with pytest.raises(ModelFileError, match="int8 without a scale: convert it again, with one"):
        with_image_input(foreign((*SIDES, 3), "int8"), BYTES, SIDES)


@pytest.mark.parametrize("kind", [OutputKind.LOGITS, OutputKind.SIGMOID])
@pytest.mark.parametrize("quantized", [None, (0.05, 10)])
def test_logits_become_probabilities(kind: OutputKind, quantized: Quantized | None) -> None:
    """With softmax over all classes, or the sigmoid of each, of real values."""
    dtype, transform = ("float32", PixelTransform(Layout.NHWC)) if quantized is None else ("uint8", BYTES)
    data = rewritten(foreign((*SIDES, 3), dtype, quantized), transform, kind)
    logits = real_values(transform) if quantized is None else (real_values(BYTES) - 10) * 0.05
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if kind is OutputKind.SIGMOID:
        expected = 1 / (1 + np.exp(-logits))
    assert expected == pytest.approx(run(data), abs=1e-5)


def test_further_dimensions_of_an_output_are_removed() -> None:
    """Convolutional heads give `(N, 1, 1, classes)`; operators of other outputs go, and signatures."""
    model = foreign((1, 1, 3))
    graph = model.subgraphs[0]
    graph.outputs, model.signatureDefs = np.array([0], np.int32), [schema.SignatureDefT()]
    with_image_input(model, PixelTransform(Layout.NHWC, scale=1.0), (1, 1))
    with_probabilities(model, 0, OutputKind.PROBABILITIES, 3)
    assert ["CAST", "RESHAPE"] == operators(model)
    assert [] == model.signatureDefs
    assert np.array_equal([[1, 2, 3]], run(serialized(model), np.array([[[[1, 2, 3]]]], np.uint8)))


def test_open_sides_become_those_of_the_recipe() -> None:
    """A model of which only pooling looks at the sides has them open."""
    model = foreign((*SIDES, 3), last=BUILTIN.LOGISTIC)
    model.subgraphs[0].tensors[0].shapeSignature = np.array([-1, -1, -1, 3], np.int32)
    data = rewritten(model, PixelTransform(Layout.NHWC))
    assert [-1, 4, 6, 3] == list(model.subgraphs[0].tensors[0].shapeSignature)
    assert (2, 72) == run(data).shape


def test_names_of_ours_are_taken_from_other_tensors() -> None:
    """Tools show tensors by name."""
    model = foreign((*SIDES, 3))
    model.subgraphs[0].tensors[0].name = b"image"
    rewritten(model, PixelTransform(Layout.NHWC))
    names = [tensor.name for tensor in model.subgraphs[0].tensors]
    assert {b"own_image", b"image", b"probabilities"} <= set(names)
    assert len(names) == len(set(names))
