"""Keeps the noisiest layers of an int8 model in float until the model stays within its accuracy budget.

Layers are ranked by the noise that each causes alone: the model runs with only this layer quantized and all
others in float. Restoring single layers of the fully quantized model would not show two layers of which each
alone spoils the outputs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edgebreed.errors import ProofError
from edgebreed.export.convert import ConvertedModel
from edgebreed.export.parity import REMEDY, AgreementReport, misses
from edgebreed.export.recipe import AccuracyBudget
from edgebreed.progress import track

LAYERS_IN_ERROR = 8
"""How many of the noisiest layers an error names."""


@dataclass(frozen=True)
class SearchStep:
    """What was measured with some layers in float."""

    float_layers: tuple[str, ...]
    report: AgreementReport


@dataclass(frozen=True)
class MixedPrecisionResult:
    """The model that the search ended with.

    Attributes:
        model_bytes: the file without its manifest.
        steps: what was measured, in order; the last one is of `model_bytes`.
        ranking: each layer's own signal-to-quantization-noise ratio in dB, worst first; empty where no layer
            had to stay float.
    """

    model_bytes: bytes
    steps: tuple[SearchStep, ...]
    ranking: tuple[tuple[str, float], ...] = ()

    @property
    def report(self) -> AgreementReport:
        """What was measured of `model_bytes`."""
        return self.steps[-1].report

    @property
    def float_layers(self) -> tuple[str, ...]:
        """The layers that stayed float."""
        return self.steps[-1].float_layers

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "float_layers": list(self.float_layers),
            "steps": [{"float_layers": len(s.float_layers), **s.report.to_dict()} for s in self.steps],
            "ranking": [{"layer": layer, "alone_db": db} for layer, db in self.ranking],
        }


@dataclass(frozen=True)
class MixedPrecisionSearch:
    """A greedy search for the fewest layers that have to stay in float.

    Attributes:
        name: of the recipe, for an error.
        budget: what the model may lose.
        max_float_layers: how many layers may stay float.
        measure: compares a model's bytes with the float model on the images that decide.
        output_sqnr_db: signal-to-quantization-noise ratio of a model's outputs, on a few images.
    """

    name: str
    budget: AccuracyBudget
    max_float_layers: int
    measure: Callable[[bytes], AgreementReport]
    output_sqnr_db: Callable[[bytes], float]

    def run(self, model: ConvertedModel) -> MixedPrecisionResult:
        """Restores the noisiest layers to float, one after another, until the budget holds.

        Raises:
            ProofError: it does not hold with `max_float_layers` in float; its rows list what was tried.
        """
        model_bytes = model.model_bytes()
        steps = [SearchStep((), self.measure(model_bytes))]
        if not misses(steps[0].report, self.budget):
            return MixedPrecisionResult(model_bytes, tuple(steps))
        ranking = self._rank(model)
        for count in range(1, min(self.max_float_layers, len(ranking)) + 1):
            layers = tuple(layer for layer, _ in ranking[:count])
            model_bytes = model.model_bytes(layers)
            steps.append(SearchStep(layers, self.measure(model_bytes)))
            if not misses(steps[-1].report, self.budget):
                return MixedPrecisionResult(model_bytes, tuple(steps), ranking)
        raise self._error(steps, ranking)

    def _rank(self, model: ConvertedModel) -> tuple[tuple[str, float], ...]:
        everything = set(model.layers)
        layers = track(model.layers, "sensitivity of layers", len(model.layers))
        alone = {layer: self.output_sqnr_db(model.model_bytes(everything - {layer})) for layer in layers}
        return tuple(sorted(alone.items(), key=lambda item: item[1]))

    def _error(self, steps: list[SearchStep], ranking: tuple[tuple[str, float], ...]) -> ProofError:
        last = steps[-1]
        reason = f"{self.name}: {misses(last.report, self.budget)[0]}"
        if ranking:
            reason += (
                f", with {len(last.float_layers)} layers in float (at most {self.max_float_layers}); "
                f"the noisiest is {short_name(ranking[0][0])} ({ranking[0][1]:.1f} dB)"
            )
        rows = {f"{len(step.float_layers)} in float": step.report.describe() for step in steps}
        noisy = {short_name(layer): f"{db:.1f} dB alone" for layer, db in ranking[:LAYERS_IN_ERROR]}
        return ProofError(f"{reason}; {REMEDY}", {**rows, **noisy})


def short_name(layer: str) -> str:
    """A layer's name without the names of the layers merged into it, which TFLite appends."""
    return layer.partition(";")[0]
