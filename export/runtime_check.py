"""Opens an exported model in its own runtime and checks its golden vectors there, before it is written."""

from dataclasses import dataclass, replace
from pathlib import Path

from edgebreed.edge.engines import Engine, EngineOptions, open_engine
from edgebreed.edge.formats import ModelFile, ModelFormat
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.verify import verify
from edgebreed.errors import ProofError
from edgebreed.export.golden import golden_vectors
from edgebreed.export.parity import REMEDY
from edgebreed.export.recipe import AccuracyBudget

STABLE = 0.5  # share of the tolerance; the rest is left for the arithmetic of other devices
ENGINES = {ModelFormat.ONNX: "cpu", ModelFormat.TFLITE: "litert"}


@dataclass(frozen=True)
class RuntimeCheck:
    """An exported model that runs, with golden vectors in its manifest.

    Attributes:
        engine: runs the model.
        manifest: with golden vectors, and a tolerance that the model meets on them.
        golden_error: largest difference in a golden vector's probability.
    """

    engine: Engine
    manifest: Manifest
    golden_error: float


def open_model_bytes(model_bytes: bytes, manifest: Manifest) -> Engine:
    """Opens a model in its own runtime.

    Args:
        model_bytes: the file without its manifest.
        manifest: of the model.

    Raises:
        EngineError: the runtime refuses the model.
        ModelFileError: the model's inputs or outputs are not those of the manifest.
    """
    model = ModelFile(Path(manifest.name), model_bytes, manifest)
    return open_engine(model, EngineOptions(ENGINES[model.format]))


def check_in_runtime(
    model_bytes: bytes, manifest: Manifest, reference: Engine, budget: AccuracyBudget, force: bool
) -> RuntimeCheck:
    """Opens a model, adds golden vectors to its manifest and replays them.

    Args:
        model_bytes: the file without its manifest.
        manifest: without golden vectors.
        reference: runs the float model.
        budget: what the file may lose.
        force: accept any difference on golden vectors.

    Raises:
        EngineError: the runtime refuses the model.
        ProofError: a golden vector is off by more than the budget allows.
    """
    engine = open_model_bytes(model_bytes, manifest)
    stable_error = manifest.tolerance * min(STABLE, 1 / budget.other_cores)
    vectors = golden_vectors(reference, engine, manifest.input, stable_error)
    complete = replace(manifest, golden=vectors)
    error = verify(engine, complete).max_error
    return RuntimeCheck(engine, with_tolerance(complete, error, budget, force), error)


def with_tolerance(manifest: Manifest, error: float, budget: AccuracyBudget, force: bool) -> Manifest:
    """The manifest with a tolerance that the file itself meets on its golden vectors.

    Where the budget limits single probabilities, a larger difference is a fault. For int8 it does not: on
    drawn images, which resemble no calibration image, an int8 file may be off by more than on any photo. The
    tolerance is then the difference on this machine, plus half of the usual tolerance for the arithmetic of
    other devices. A file that other processors compute in another precision, as some do fp16, may be off by
    as many times more there as its budget says.

    Args:
        manifest: with golden vectors.
        error: the largest difference on them, on this machine.
        budget: what the file may lose.
        force: accept any difference.

    Raises:
        ProofError: the difference is larger than the budget allows.
    """
    elsewhere = error * budget.other_cores
    if elsewhere <= manifest.tolerance:
        return manifest
    if error <= manifest.tolerance:
        return replace(manifest, tolerance=min(1.0, elsewhere))
    if budget.max_error < 1 and not force:
        raise ProofError(
            f"{manifest.name}: a golden vector is off by {error:.4g}, the bound is {manifest.tolerance:.4g}; "
            f"{REMEDY}"
        )
    return replace(manifest, tolerance=min(1.0, elsewhere + manifest.tolerance / 2))
