"""What an ONNX file makes of the numbers in it."""

from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from edgebreed.edge.formats.onnx import split
from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.edge.formats.onnx_size import MAX_COMPUTED
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.errors import ModelFileError

from ..engines.hanging_models import of_colours

node = helper.make_node
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def model(nodes: list[Any], **weights: Any) -> bytes:
    """A model that computes something beside the logits, of weights by name."""
    tensors = [numpy_helper.from_array(np.asarray(values), name) for name, values in weights.items()]
    return of_colours([*nodes, node("Identity", ["mean"], ["logits"])], tensors)


LARGER = np.array([1, 4000, 4000, 1], np.float32)
BOMBS = {
    "ConstantOfShape": model([node("ConstantOfShape", ["s"], ["b"])], s=[40_000, 40_000]),
    "Expand": model([node("Expand", ["mean", "s"], ["b"])], s=[40_000, 40_000, 3]),
    "Tile": model([node("Tile", ["mean", "s"], ["b"])], s=[40_000, 13_000]),
    "Range": model([node("Range", ["a", "z", "d"], ["b"])], a=0.0, z=1.6e9, d=1.0),
    "Pad": model([node("Pad", ["mean", "s"], ["b"])], s=[40_000, 40_000, 0, 0]),
    "Resize": model([node("Resize", ["float", "", "s"], ["b"])], s=LARGER),
    "Upsample": model([node("Upsample", ["float", "s"], ["b"])], s=LARGER),
    "OneHot": model([node("OneHot", ["i", "d", "v"], ["b"])], i=np.arange(100), d=20_000_000, v=[0.0, 1.0]),
    "TfIdfVectorizer": model([node("TfIdfVectorizer", ["i"], ["b"], ngram_indexes=[2_000_000_000])], i=[1]),
    "RandomNormal": model([node("RandomNormal", [], ["b"], shape=[20_000, 20_000])]),
    "Conv": model([node("Conv", ["float", "w"], ["b"], pads=[20_000] * 4)], w=np.ones((1, 8, 1, 1))),
    "ConvTranspose": model(
        [node("ConvTranspose", ["float", "w"], ["b"], strides=[8000, 8000])], w=np.ones(4)
    ),
    "MaxUnpool": model([node("MaxUnpool", ["float", "i", "s"], ["b"])], i=[1], s=[1, 1, 40_000, 40_000]),
    "HannWindow": model([node("HannWindow", ["s"], ["b"])], s=2**40),
    "RoiAlign": model([node("RoiAlign", ["float"], ["b"], output_height=40_000, output_width=40_000)]),
    "Multinomial": model([node("Multinomial", ["mean"], ["b"], sample_size=2**30)]),
}


@pytest.mark.parametrize("operator", BOMBS)
def test_operators_that_make_much_of_a_few_numbers_are_refused(operator: str) -> None:
    """Some hundred bytes took gigabytes, at opening or at each image."""
    with pytest.raises(
        ModelFileError, match=f"^{operator} that makes over 6.*, is refused|of each is refused: ex"
    ):
        check_onnx(BOMBS[operator])


CHAINS: dict[str, list[Any]] = {
    "Mul": [node("Mul", ["k", "k"], ["s"])],
    "Constant": [node("Constant", [], ["s"], value_ints=[40_000, 40_000])],
    "Concat": [node("Concat", ["k", "k"], ["c"], axis=0), node("Mul", ["c", "c"], ["s"])],
    "Gather": [node("Gather", ["k", "zero"], ["g"]), node("Mul", ["g", "k"], ["s"])],
    "Shape": [
        node("ConstantOfShape", ["k"], ["c"]),
        node("Shape", ["c"], ["h"]),
        node("Mul", ["h", "h"], ["s"]),
    ],
    "Slice": [node("Slice", ["k", "zero", "two"], ["c"]), node("Mul", ["c", "k"], ["s"])],
    "Cast": [
        node("Cast", ["k"], ["f"], to=1),
        node("Mul", ["f", "f"], ["q"]),
        node("Cast", ["q"], ["s"], to=7),
    ],
}


@pytest.mark.parametrize("chain", CHAINS)
def test_sizes_that_constants_are_computed_into_are_followed(chain: str) -> None:
    """By the operators that exporters chain."""
    made = model([*CHAINS[chain], node("Expand", ["mean", "s"], ["b"])], k=[7000, 7001], zero=[0], two=[2])
    with pytest.raises(ModelFileError, match="^Expand that makes over 67,108,864 numbers"):
        check_onnx(made)


def test_sizes_that_cannot_be_followed_are_refused() -> None:
    """A sine of a constant is no size of an ordinary model."""
    nodes = [
        node("Sin", ["k"], ["f"]),
        node("Cast", ["f"], ["s"], to=7),
        node("Expand", ["mean", "s"], ["b"]),
    ]
    with pytest.raises(
        ModelFileError, match="^Expand of a size that is computed in ways unknown here is ref"
    ):
        check_onnx(model(nodes, k=[1.0]))


def test_sizes_are_followed_into_functions_and_branches() -> None:
    """Also where a function takes them, or a branch sees them."""
    expand, shape = node("Expand", ["mean", "s"], ["b"]), helper.make_tensor("s", 7, [2], [40_000, 40_000])
    body = helper.make_function("own", "f", ["mean", "s"], ["b"], [expand], OPSETS)
    called = node("f", ["mean", "s"], ["logits"], domain="own")
    output = helper.make_tensor_value_info("b", 1, None)
    branch = node("If", ["mean"], ["logits"], then_branch=helper.make_graph([expand], "t", [], [output]))
    for made in (
        of_colours([called], [shape], functions=[body], opset_imports=OPSETS),
        of_colours([branch], [shape]),
    ):
        with pytest.raises(ModelFileError, match="^Expand that makes over"):
            check_onnx(made)


def test_what_is_computed_at_opening_is_bounded() -> None:
    """Each of sixty sines is kept; a column by a row makes a matrix."""
    sines = [node("Sin", [f"b{i}"], [f"b{i + 1}"]) for i in range(60)]
    chain = model([node("ConstantOfShape", ["s"], ["b0"]), *sines], s=[3000, 3000])
    side = np.ones((20_000, 1), np.float32)
    for made in (chain, model([node("Mul", ["c", "r"], ["b"])], c=side, r=side.T)):
        with pytest.raises(
            ModelFileError, match=f"that makes over {MAX_COMPUTED // 10**6},.* numbers at openin"
        ):
            check_onnx(made)


def test_the_shipped_model_passes() -> None:
    """As any that `export` writes."""
    split(SHIPPED_MODEL.read_bytes())


def vit() -> list[Any]:
    """The nodes by which a vision transformer's export folds patches and repeats its class token."""
    return [
        node("Shape", ["float"], ["shape"]),
        node("Gather", ["shape", "zero"], ["batch"], axis=0),
        node("Unsqueeze", ["batch", "axes"], ["batch1"]),
        node("Concat", ["batch1", "patches", "width"], ["sides"], axis=0),
        node("Reshape", ["float", "sides"], ["tokens"]),
        node("ConstantOfShape", ["three"], ["ones"], value=helper.make_tensor("v", 7, [1], [1])),
        node("Mul", ["ones", "minus"], ["open"]),
        node("Concat", ["batch1", "one", "width"], ["wanted"], axis=0),
        node("Equal", ["wanted", "open"], ["equal"]),
        node("Where", ["equal", "ones", "wanted"], ["target"]),
        node("Expand", ["token", "target"], ["tokens1"]),
        node("Concat", ["tokens1", "tokens"], ["all"], axis=1),
        node("Add", ["all", "positions"], ["sum"]),
    ]


def torch_pad() -> list[Any]:
    """The nodes by which torch's exporter writes a padding of constants."""
    return [
        node("ConstantOfShape", ["four"], ["zeros"], value=helper.make_tensor("v", 7, [1], [0])),
        node("Concat", ["given", "zeros"], ["eight"], axis=0),
        node("Reshape", ["eight", "pairs"], ["table"]),
        node("Slice", ["table", "last", "first", "zero", "last"], ["back"]),
        node("Transpose", ["back"], ["turned"], perm=[1, 0]),
        node("Reshape", ["turned", "last"], ["flat"]),
        node("Cast", ["flat"], ["pads"], to=7),
        node("Pad", ["float", "pads"], ["padded"]),
        node("Conv", ["padded", "kernel"], ["conv"], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Resize", ["conv", "", "", "resized"], ["large"]),
    ]


def mobilenet() -> list[Any]:
    """A depthwise block with a residual, and the head of most networks, for any number of images."""
    return [
        node("Transpose", ["float"], ["nchw"], perm=[0, 3, 1, 2]),
        node("Sub", ["nchw", "centre"], ["centred"]),
        node("Conv", ["centred", "stem"], ["c1"], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("BatchNormalization", ["c1", "norm", "norm", "norm", "norm"], ["n1"]),
        node("Clip", ["n1", "low", "high"], ["r1"]),
        node("Conv", ["r1", "deep"], ["c2"], pads=[1, 1, 1, 1], group=8),
        node("DequantizeLinear", ["weights8", "scales", "points"], ["weights"], axis=0),
        node("Conv", ["c2", "weights"], ["c3"]),
        node("Add", ["c3", "r1"], ["sum"]),
        node("MaxPool", ["sum"], ["pooled"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("GlobalAveragePool", ["pooled"], ["mean1"]),
        node("Flatten", ["mean1"], ["flat1"]),
        node("Gemm", ["flat1", "head"], ["logits1"], transB=1),
    ]


NUMBERS = {
    **{"zero": [0], "axes": [0], "patches": [64], "width": [3], "three": [3], "one": [1], "minus": -1},
    **{"four": [4], "given": [0, 3, 0, 3], "pairs": [-1, 2], "last": [-1], "first": [-(2**63) + 1]},
    "resized": [1, 8, 224, 224],
}


@pytest.mark.parametrize("nodes", [vit(), torch_pad(), mobilenet()], ids=["vit", "torch pad", "mobilenet"])
def test_what_exporters_write_passes(nodes: list[Any]) -> None:
    """Shapes that are computed from an image's, and chains of constants."""
    floats = {"token": np.ones((1, 1, 3)), "positions": np.ones((1, 65, 3)), "kernel": np.ones((8, 8, 3, 3))}
    floats |= {"centre": np.ones((1, 3, 1, 1)), "stem": np.ones((8, 3, 3, 3)), "deep": np.ones((8, 1, 3, 3))}
    floats |= {"norm": np.ones(8), "low": np.zeros(()), "high": np.array(6.0), "head": np.ones((1000, 8))}
    floats |= {
        "weights8": np.ones((8, 8, 1, 1), np.int8),
        "scales": np.ones(8),
        "points": np.zeros(8, np.int8),
    }
    check_onnx(model(nodes, **NUMBERS, **floats))
