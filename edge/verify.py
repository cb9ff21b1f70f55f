"""Proves on this machine that a model answers as it did where it was made, from encoded bytes on."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgebreed.edge.engines import Engine
from edgebreed.edge.image_header import read_header
from edgebreed.edge.images import decode
from edgebreed.edge.manifest import GoldenVector, Manifest
from edgebreed.edge.preprocess import InputSpec, to_input
from edgebreed.errors import ModelFileError

MAX_PIXELS = 16_000_000
"""Of all pictures of a model's golden vectors; `export` draws 7,000,000 for an input of 640 px."""


@dataclass(frozen=True)
class VectorCheck:
    """One golden vector's replay: its largest difference in a probability."""

    name: str
    error: float


@dataclass(frozen=True)
class Verification:
    """The replay of all golden vectors of a model.

    Attributes:
        engine: what ran.
        tolerance: largest difference in a probability that passes.
        checks: one a golden vector.
    """

    engine: str
    tolerance: float
    checks: tuple[VectorCheck, ...]

    @property
    def max_error(self) -> float:
        """The worst difference of all."""
        return max(check.error for check in self.checks)

    @property
    def passed(self) -> bool:
        """Whether every difference is within the tolerance."""
        return bool(self.max_error <= self.tolerance)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "passed": self.passed,
            "vectors": len(self.checks),
            "max_error": self.max_error,
            "tolerance": self.tolerance,
            "engine": self.engine,
            "checks": [asdict(check) for check in self.checks],
        }


def verify(engine: Engine, manifest: Manifest) -> Verification:
    """Replays a model's golden vectors: decode, resize, inference.

    Raises:
        ModelFileError: the manifest holds no golden vector, or more pixels than is allowed.
    """
    _check_pixels(manifest)
    if not manifest.golden:
        raise ModelFileError(
            f"{manifest.name} holds no golden vectors: export it again with `edgebreed export`"
        )
    checks = tuple(replay(engine, manifest.input, vector) for vector in manifest.golden)
    return Verification(engine.name, manifest.tolerance, checks)


def _check_pixels(manifest: Manifest) -> None:
    headers = [header for vector in manifest.golden if (header := read_header(vector.data))]
    pixels = sum(header.pixels for header in headers)
    if pixels > MAX_PIXELS:
        raise ModelFileError(
            f"{manifest.name} holds golden vectors of {pixels:,} pixels, at most {MAX_PIXELS:,} in all are "
            "allowed: export the model again with `edgebreed export`"
        )


def replay(engine: Engine, spec: InputSpec, vector: GoldenVector) -> VectorCheck:
    """Runs one golden vector and compares."""
    frame = decode(vector.data, vector.name, at_least=spec.decoded_size)
    outputs = engine.run(to_input(frame, spec)[None])
    expected, found = np.asarray(vector.probabilities, np.float32), outputs.probabilities[0]
    if vector.in_distribution is not None:
        score = np.nan if outputs.in_distribution is None else outputs.in_distribution[0]
        expected, found = np.append(expected, vector.in_distribution), np.append(found, score)
    # NaN, also in place of a missing output, counts as the largest difference that a probability can have.
    return VectorCheck(vector.name, float(np.nan_to_num(np.abs(expected - found), nan=1.0).max()))
