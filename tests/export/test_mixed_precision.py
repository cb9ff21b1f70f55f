"""Layers restored to float until the budget holds."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import pytest

from edgebreed.errors import ProofError
from edgebreed.export.convert import SinglePrecisionModel
from edgebreed.export.mixed_precision import MixedPrecisionSearch, short_name
from edgebreed.export.parity import ParityReport
from edgebreed.export.recipe import INT8_BUDGET

REPORT = ParityReport("valid", 1000, 1.0, 0.1, 0.9, 0.9)


@dataclass(frozen=True)
class NamedLayers:
    """A model whose bytes are the names of its quantized layers."""

    layers: tuple[str, ...] = ("a", "b", "c", "d")

    def model_bytes(self, float_layers: Collection[str] = ()) -> bytes:
        """The quantized layers' names."""
        return "".join(layer for layer in self.layers if layer not in float_layers).encode()


def search(harm: dict[str, float], most: int = 8) -> MixedPrecisionSearch:
    """A search in which each quantized layer costs accuracy, and causes as much noise."""

    def loss(model_bytes: bytes) -> float:
        return sum(harm.get(layer, 0.0) for layer in model_bytes.decode())

    return MixedPrecisionSearch(
        "onnx-int8-arm",
        INT8_BUDGET,
        most,
        lambda model_bytes: replace(REPORT, exported_top1=0.9 - loss(model_bytes)),
        lambda model_bytes: 40 - 100 * loss(model_bytes),
    )


def test_a_model_within_its_budget_is_not_changed() -> None:
    """No layer is ranked."""
    result = search({"a": 0.004}).run(NamedLayers())
    assert (b"abcd", (), ()) == (result.model_bytes, result.float_layers, result.ranking)


def test_the_noisiest_layers_are_restored_one_after_another() -> None:
    """No more of them than the budget needs."""
    result = search({"a": 0.001, "b": 0.1, "d": 0.2}).run(NamedLayers())
    assert (b"ac", ("d", "b")) == (result.model_bytes, result.float_layers)
    assert [0, 1, 2] == [step["float_layers"] for step in result.to_dict()["steps"]]
    assert ["d", "b", "a", "c"] == [row["layer"] for row in result.to_dict()["ranking"]]


def test_an_error_names_the_noisiest_layer() -> None:
    """And lists every step."""
    with pytest.raises(
        ProofError,
        match=r"loss of top-1 is 0\.1 .*with 1 layers in float \(at most 1\); the n"
        r"oisiest is d \(20\.0 dB\); nothing was written",
    ) as caught:
        search({"b": 0.1, "d": 0.2}, most=1).run(NamedLayers())
    assert (
        "top-1 80.0% of 1,000 (77.4% to 82.4% with 95% confidence), agreement 100.0%"
        == caught.value.rows["1 in float"]
    )
    assert "20.0 dB alone" == caught.value.rows["d"]


def test_without_layers_allowed_in_float_the_noisiest_is_named() -> None:
    """`--max-float-layers 0`."""
    with pytest.raises(ProofError, match="with 0 layers in float .* the noisiest is d"):
        search({"d": 0.2}, most=0).run(NamedLayers())


def test_a_model_without_layers_to_choose_from_is_refused_at_once() -> None:
    """For example a float16 file."""
    with pytest.raises(ProofError, match=r"the bound is 0\.005; nothing was written"):
        search({"d": 0.2}).run(SinglePrecisionModel(b"d"))


def test_names_of_merged_layers_are_shortened() -> None:
    """TFLite joins them with semicolons."""
    assert "net/relu" == short_name("net/relu;net/conv;net/norm")
