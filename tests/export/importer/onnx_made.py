"""A small ONNX classifier whose answers depend on colours, scaling and geometry, and photos for it."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.preprocess import LETTERBOX_GREY, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.golden import draw
from edgebreed.export.graph.index import Model
from edgebreed.export.importer.foreign_answers import ForeignAnswers
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
from edgebreed.export.importer.recipe_candidates import IMAGENET_MEAN, IMAGENET_STD
from edgebreed.export.importer.reference_answers import ReferenceAnswers

SIDE, COUNT = 16, 16  # px of the input; photos
LABELS = ("ash", "elm", "oak", "yew")
SHAPES = ((96, 64), (64, 96), (80, 80), (120, 50), (50, 110), (72, 64), (90, 40), (48, 60))
"""Width and height in px of photos."""

WHOLE = PartialRecipe(
    layout=Layout.NCHW,
    channels=Channels.RGB,
    scale=1 / 255,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    size=(SIDE, SIDE),
    resize=ResizeRule.SQUASH,
    interpolation=Interpolation.PIL_BILINEAR,
    padding=LETTERBOX_GREY,
    rounding=Rounding.NEAREST,
    output=OutputKind.LOGITS,
    labels=LABELS,
)
"""What is right of `classifier()`, unless a test says otherwise."""


def stated(origin: Origin = Origin.ASSUMED, **changes: Any) -> ImportRecipe:
    """The whole recipe with some fields changed, all from one origin."""
    return ImportRecipe.merged([(origin, replace(WHOLE, **changes))])


def given(recipe: ImportRecipe, *names: str) -> ImportRecipe:
    """A recipe of which some fields were given."""
    return replace(recipe, origins={**recipe.origins, **dict.fromkeys(names, Origin.GIVEN)})


def classifier(
    layout: Layout = Layout.NCHW,
    kind: OutputKind = OutputKind.LOGITS,
    channels: int = 3,
    side: int | str = SIDE,
    batch: int | str = "N",
    gain: float = 6.0,
) -> Model:
    """A convolution of fixed numbers, averages of its positive values over quarters, and four classes."""
    rng = np.random.default_rng(7)
    weights = {
        "kernel": rng.normal(0, 0.4, (6, channels, 3, 3)).astype(np.float32),
        "matrix": (gain * rng.normal(0, 0.4, (24, len(LABELS)))).astype(np.float32),
    }
    steps: list[tuple[str, list[str], dict[str, Any]]] = [
        ("Conv", ["kernel"], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("Relu", [], {}),
        ("AveragePool", [], {"kernel_shape": [4, 4], "strides": [4, 4]}),
        ("Flatten", [], {}),
        ("MatMul", ["matrix"], {}),
    ]
    if layout is Layout.NHWC:
        steps.insert(0, ("Transpose", [], {"perm": [0, 3, 1, 2]}))
    if kind is OutputKind.PROBABILITIES:
        steps.append(("Softmax", [], {"axis": 1}))
    sides = [channels, side, side] if layout is Layout.NCHW else [side, side, channels]
    return _model(steps, weights, [batch, *sides])


def _model(
    steps: list[tuple[str, list[str], dict[str, Any]]],
    weights: dict[str, NDArray[np.float32]],
    shape: list[int | str],
) -> Model:
    names = ["data", *(f"value{place}" for place in range(1, len(steps))), "scores"]
    nodes = [
        helper.make_node(operator, [names[place], *further], [names[place + 1]], **attributes)
        for place, (operator, further, attributes) in enumerate(steps)
    ]
    data = helper.make_tensor_value_info("data", TensorProto.FLOAT, shape)
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [shape[0], len(LABELS)])
    constants = [numpy_helper.from_array(values, name) for name, values in weights.items()]
    graph = helper.make_graph(nodes, "trees", [data], [scores], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def foreign(model: Model | None = None, path: Path = Path("trees.onnx")) -> ForeignOnnx:
    """A model as the importer opens it."""
    return ForeignOnnx.from_model(path, model or classifier())


@cache
def _drawn(width: int, height: int, seed: int) -> bytes:
    frame = draw(width, height, np.random.default_rng(seed))
    return cv2.imencode(".png", frame)[1].tobytes()


def write_photos(
    folder: Path, count: int = COUNT, shapes: tuple[tuple[int, int], ...] = SHAPES
) -> list[Path]:
    """Draws photos of different shapes as `0.png`, `1.png` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(_drawn(*shapes[number % len(shapes)], number))
    return paths


def answers_of(model: ForeignOnnx, recipe: ImportRecipe, paths: list[Path]) -> ReferenceAnswers:
    """What the original program answers, which uses a model by a recipe."""
    own = ForeignAnswers(model, tuple(paths))
    rows = [own.probabilities(recipe, photo) for photo in range(len(paths))]
    return ReferenceAnswers(tuple(paths), np.concatenate(rows), recipe.labels)


def write_reference(path: Path, answers: ReferenceAnswers) -> Path:
    """Writes the answers as CSV, with the photos' names."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["image", *answers.labels])
        for photo, values in zip(answers.paths, answers.probabilities, strict=True):
            rows.writerow([photo.name, *(f"{value:.7f}" for value in values)])
    return path
