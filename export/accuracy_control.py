"""Takes layers of an int8 model back to float until it holds its bound.

Layers are ranked by the noise that each makes on its own: the model runs with this layer alone quantized
and all others in float. Of two layers that each spoil the answers both show, where taking one of them
back would show nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edgebreed.errors import ProofError
from edgebreed.export.convert import Candidate
from edgebreed.export.proof import REMEDY, Proof, misses
from edgebreed.export.recipe import Bound
from edgebreed.progress import track

SHOWN = 8
"""Layers that a failure names."""


@dataclass(frozen=True)
class Trial:
    """What was measured with some layers in float."""

    float_layers: tuple[str, ...]
    proof: Proof


@dataclass(frozen=True)
class Controlled:
    """A model that holds its bound, or the last one tried.

    Attributes:
        body: the file without its manifest.
        trials: what was tried, in order; the last one is `body`.
        ranking: the layers' own signal-to-noise in dB, worst first; empty where all went well at once.
    """

    body: bytes
    trials: tuple[Trial, ...]
    ranking: tuple[tuple[str, float], ...] = ()

    @property
    def proof(self) -> Proof:
        """Of `body`."""
        return self.trials[-1].proof

    @property
    def float_layers(self) -> tuple[str, ...]:
        """The layers that stayed float."""
        return self.trials[-1].float_layers

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "float_layers": list(self.float_layers),
            "trials": [{"float_layers": len(t.float_layers), **t.proof.to_dict()} for t in self.trials],
            "ranking": [{"layer": layer, "alone_db": db} for layer, db in self.ranking],
        }


@dataclass(frozen=True)
class Control:
    """How to judge a candidate.

    Attributes:
        name: what to call it in an error.
        bound: what it may lose.
        most: how many layers may stay float.
        prove: compares a file's body with the float model on validation photos.
        noise_db: signal-to-noise of a file's answers, on a few photos.
    """

    name: str
    bound: Bound
    most: int
    prove: Callable[[bytes], Proof]
    noise_db: Callable[[bytes], float]

    def run(self, candidate: Candidate) -> Controlled:
        """Takes the noisiest layers back to float, one after another, until the bound holds.

        Raises:
            ProofError: it does not hold with `most` in float; its rows say what was tried.
        """
        body = candidate.body()
        trials = [Trial((), self.prove(body))]
        if not misses(trials[0].proof, self.bound):
            return Controlled(body, tuple(trials))
        ranking = self._rank(candidate)
        for count in range(1, min(self.most, len(ranking)) + 1):
            layers = tuple(layer for layer, _ in ranking[:count])
            body = candidate.body(layers)
            trials.append(Trial(layers, self.prove(body)))
            if not misses(trials[-1].proof, self.bound):
                return Controlled(body, tuple(trials), ranking)
        raise self._missed(trials, ranking)

    def _rank(self, candidate: Candidate) -> tuple[tuple[str, float], ...]:
        everything = set(candidate.layers)
        layers = track(candidate.layers, "sensitivity of layers", len(candidate.layers))
        alone = {layer: self.noise_db(candidate.body(everything - {layer})) for layer in layers}
        return tuple(sorted(alone.items(), key=lambda item: item[1]))

    def _missed(self, trials: list[Trial], ranking: tuple[tuple[str, float], ...]) -> ProofError:
        last = trials[-1]
        reason = f"{self.name}: {misses(last.proof, self.bound)[0]}"
        if ranking:
            reason += (
                f", with {len(last.float_layers)} layers in float (at most {self.most}); "
                f"the noisiest is {short_name(ranking[0][0])} ({ranking[0][1]:.1f} dB)"
            )
        rows = {
            f"{len(trial.float_layers)} in float": f"top-1 {trial.proof.exported_top1:.2%}, "
            f"agreement {trial.proof.agreement:.2%}"
            for trial in trials
        }
        noisy = {short_name(layer): f"{db:.1f} dB alone" for layer, db in ranking[:SHOWN]}
        return ProofError(f"{reason}; {REMEDY}", {**rows, **noisy})


def short_name(layer: str) -> str:
    """A layer's name without the names of what was merged into it, which TFLite appends."""
    return layer.partition(";")[0]
