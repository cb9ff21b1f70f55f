"""The preprocessing of a foreign classifier in its graph."""

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from edgebreed.errors import ModelFileError
from edgebreed.export.graph.index import Model
from edgebreed.export.importer.onnx_rewrite import with_image_input, with_probabilities
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind, PixelTransform

PHOTO = np.random.default_rng(0).integers(0, 256, (1, 4, 6, 3), np.uint8)  # RGB
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def foreign(layout: Layout, channels: int, kind: int = TensorProto.FLOAT, batch: int | str = "N") -> Model:
    """A model that gives its input back as it got it."""
    shape = [batch, channels, 4, 6] if layout is Layout.NCHW else [batch, 4, 6, channels]
    own, out = (helper.make_tensor_value_info(name, kind, shape) for name in ("data", "scores"))
    graph = helper.make_graph([helper.make_node("Identity", ["data"], ["scores"])], "g", [own], [out])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def run(model: Model) -> NDArray[np.float32]:
    """What ONNX Runtime gives for the photo."""
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["probabilities"], {"image": PHOTO})[0], np.float32)


def expected(transform: PixelTransform) -> NDArray[np.float32]:
    """What a program of another author computes in NumPy."""
    pixels = PHOTO.astype(np.float32)
    if transform.channels is Channels.BGR:
        pixels = pixels[..., ::-1]
    if transform.channels is Channels.GRAY:
        pixels = np.floor(pixels @ np.array([[0.299], [0.587], [0.114]], np.float32) + 0.5)
    pixels = (pixels * transform.scale - np.array(transform.mean)) / np.array(transform.std)
    pixels = pixels.transpose(0, 3, 1, 2) if transform.layout is Layout.NCHW else pixels
    return np.asarray(pixels.reshape(1, -1), np.float32)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("channels", Channels)
@pytest.mark.parametrize(("mean", "std"), [((0.0,), (1.0,)), ((0.5,), (0.5,)), IMAGENET])
def test_pixels_reach_the_model_as_its_own_program_gives_them(
    layout: Layout, channels: Channels, mean: tuple[float, ...], std: tuple[float, ...]
) -> None:
    """Each layout and channel order, in the common scalings."""
    if channels is Channels.GRAY:
        mean, std = mean[:1], std[:1]
    transform = PixelTransform(layout, channels, 1 / 255, mean, std)
    model = foreign(layout, channels.depth)
    with_image_input(model, "data", transform, (4, 6))
    with_probabilities(model, "scores", OutputKind.PROBABILITIES, 24 * channels.depth)
    assert expected(transform) == pytest.approx(run(model), abs=2e-6)


def test_half_precision_and_a_fixed_batch_stay() -> None:
    """The model's own input is computed in float32 and then rounded."""
    model = foreign(Layout.NCHW, 3, TensorProto.FLOAT16, batch=1)
    with_image_input(model, "data", PixelTransform(), (4, 6))
    with_probabilities(model, "scores", OutputKind.PROBABILITIES, 72)
    assert expected(PixelTransform()) == pytest.approx(run(model), abs=1e-3)
    assert 1 == model.graph.input[0].type.tensor_type.shape.dim[0].dim_value


def test_whole_numbers_stay_whole() -> None:
    """A model that takes uint8 scales itself; another scaling before it is a mistake."""
    model = foreign(Layout.NHWC, 3, TensorProto.UINT8)
    bgr = PixelTransform(Layout.NHWC, Channels.BGR, scale=1)
    with_image_input(model, "data", bgr, (4, 6))
    with_probabilities(model, "scores", OutputKind.PROBABILITIES, 72)
    assert np.array_equal(expected(bgr), run(model))
    with pytest.raises(ModelFileError, match="input is uint8, .* pass --scale 1 without --mean and --std"):
        with_image_input(
            foreign(Layout.NHWC, 3, TensorProto.UINT8), "data", PixelTransform(Layout.NHWC), (4, 6)
        )


def test_logits_become_probabilities() -> None:
    """With softmax, over all classes."""
    model = foreign(Layout.NHWC, 3)
    with_image_input(model, "data", PixelTransform(Layout.NHWC), (4, 6))
    with_probabilities(model, "scores", OutputKind.LOGITS, 72)
    logits = np.exp(expected(PixelTransform(Layout.NHWC)))
    assert logits / logits.sum() == pytest.approx(run(model), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"mean": (0.1, 0.2)}, "mean of 2 numbers: one, or one for each of rgb"),
        ({"std": (1.0, 1.0, 0.0)}, "scale and std must not be 0"),
    ],
)
def test_a_transform_that_fits_no_channels_is_refused(
    values: dict[str, tuple[float, ...]], reason: str
) -> None:
    """Whatever the model."""
    with pytest.raises(ValueError, match=reason):
        PixelTransform(**values)  # type: ignore[arg-type]  # one of its fields
