"""Layers taken back to float until the bound holds."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import pytest

from edgebreed.errors import ProofError
from edgebreed.export.accuracy_control import Control, short_name
from edgebreed.export.proof import Proof
from edgebreed.export.recipe import INT8_BOUND

PROOF = Proof("valid", 100, 1.0, 0.1, 0.9, 0.9)


@dataclass(frozen=True)
class Quantized:
    """A model whose body tells which of its layers are quantized."""

    layers: tuple[str, ...] = ("a", "b", "c", "d")

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """The quantized layers' names."""
        return "".join(layer for layer in self.layers if layer not in float_layers).encode()


def control(harm: dict[str, float], most: int = 8) -> Control:
    """Each quantized layer costs accuracy, and makes that much noise."""

    def loss(body: bytes) -> float:
        return sum(harm.get(layer, 0.0) for layer in body.decode())

    return Control(
        "onnx-int8-arm",
        INT8_BOUND,
        most,
        lambda body: replace(PROOF, exported_top1=0.9 - loss(body)),
        lambda body: 40 - 100 * loss(body),
    )


def test_a_model_within_its_bound_is_left_alone() -> None:
    """Nothing is ranked."""
    result = control({"a": 0.004}).run(Quantized())
    assert (b"abcd", (), ()) == (result.body, result.float_layers, result.ranking)


def test_the_noisiest_layers_go_back_one_after_another() -> None:
    """No more of them than it takes."""
    result = control({"a": 0.001, "b": 0.1, "d": 0.2}).run(Quantized())
    assert (b"ac", ("d", "b")) == (result.body, result.float_layers)
    assert [0, 1, 2] == [trial["float_layers"] for trial in result.to_dict()["trials"]]
    assert ["d", "b", "a", "c"] == [row["layer"] for row in result.to_dict()["ranking"]]


def test_a_model_that_stays_bad_names_its_noisiest_layer() -> None:
    """And shows each trial."""
    with pytest.raises(
        ProofError,
        match=r"loss of top-1 is 0\.1 .*with 1 layers in float \(at most 1\); the n"
        r"oisiest is d \(20\.0 dB\); nothing was written",
    ) as caught:
        control({"b": 0.1, "d": 0.2}, most=1).run(Quantized())
    assert "top-1 80.00%, agreement 100.00%" == caught.value.rows["1 in float"]
    assert "20.0 dB alone" == caught.value.rows["d"]


def test_no_layer_in_float_is_a_bound_that_just_names() -> None:
    """`--max-float-layers 0`."""
    with pytest.raises(ProofError, match="with 0 layers in float .* the noisiest is d"):
        control({"d": 0.2}, most=0).run(Quantized())


def test_a_model_without_layers_to_choose_from_just_misses() -> None:
    """A float16 file, say."""
    with pytest.raises(ProofError, match=r"the bound is 0\.005; nothing was written"):
        control({"d": 0.2}).run(Bare())


@dataclass(frozen=True)
class Bare:
    """A model of one piece."""

    layers: tuple[str, ...] = ()

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """It is bad."""
        return b"d"


def test_names_of_merged_layers_are_shortened() -> None:
    """TFLite joins them by semicolons."""
    assert "net/relu" == short_name("net/relu;net/conv;net/norm")
