"""An exported model in its own runtime, before it is written."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.engines import Engine, ModelOutputs
from edgebreed.edge.manifest import Precision
from edgebreed.edge.verify import verify
from edgebreed.errors import ModelFileError, ProofError
from edgebreed.export.recipe import FLOAT_BUDGET, HALF_BUDGET, INT8_BUDGET, AccuracyBudget
from edgebreed.export.runtime_check import check_in_runtime, open_model_bytes, with_tolerance

from ..conftest import colour_manifest, colour_model


class Shifted:
    """An engine whose answers are off by one amount for red images, by another for the rest."""

    name = "shifted"

    def __init__(self, engine: Engine, red: float, other: float) -> None:
        self._engine, self._red, self._other = engine, red, other

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """From `(N, H, W, 3) uint8 RGB`."""
        probabilities = self._engine.run(batch).probabilities
        shift = np.where(probabilities.argmax(axis=1) == 0, self._red, self._other)[:, None]
        return ModelOutputs(
            np.where(probabilities > 0.5, probabilities - shift, probabilities).astype(np.float32)
        )


@pytest.fixture
def engine() -> Engine:
    """Runs a model that tells red, green and blue."""
    return open_model_bytes(colour_model(), colour_manifest())


def test_a_checked_model_has_golden_vectors_that_it_meets(engine: Engine) -> None:
    """Of a model that is its own reference, the difference is rounding."""
    bare = colour_manifest(golden=())
    check = check_in_runtime(colour_model(), bare, engine, FLOAT_BUDGET, force=False)
    assert 4 == len(check.manifest.golden)
    assert check.golden_error == verify(check.engine, check.manifest).max_error < 1e-6
    assert bare == replace(check.manifest, golden=())


def test_bytes_that_are_no_model_are_refused() -> None:
    """By the runtime, as a fault of the file."""
    with pytest.raises(ModelFileError, match="is no sound ONNX graph"):
        open_model_bytes(b"no model", colour_manifest())


def test_the_tolerance_is_one_that_the_file_meets() -> None:
    """An int8 file may be far off on drawn images; for a float file that is a fault."""
    manifest = colour_manifest(tolerance=0.1)
    assert manifest is with_tolerance(manifest, 0.1, INT8_BUDGET, force=False)
    assert 0.35 == pytest.approx(with_tolerance(manifest, 0.3, INT8_BUDGET, force=False).tolerance)
    with pytest.raises(ProofError, match=r"a golden vector is off by 0\.3, the bound is 0\.1"):
        with_tolerance(manifest, 0.3, FLOAT_BUDGET, force=False)
    assert 0.35 == pytest.approx(with_tolerance(manifest, 0.3, FLOAT_BUDGET, force=True).tolerance)


def test_an_fp16_file_may_be_further_off_on_processors_with_fp16_arithmetic() -> None:
    """What x86 shows is a sixth of what `verify` must accept on an ARM core."""
    manifest = colour_manifest(tolerance=0.03, precision=Precision.FP16)
    assert manifest is with_tolerance(manifest, 0.005, HALF_BUDGET, force=False)
    assert 0.06 == pytest.approx(with_tolerance(manifest, 0.01, HALF_BUDGET, force=False).tolerance)
    with pytest.raises(ProofError, match=r"is off by 0\.04, the bound is 0\.03"):
        with_tolerance(manifest, 0.04, HALF_BUDGET, force=False)


@pytest.mark.slow
@pytest.mark.parametrize(("budget", "share"), [(FLOAT_BUDGET, 1 / 2), (HALF_BUDGET, 1 / 6)])
def test_golden_vectors_leave_room_for_other_processors(
    engine: Engine, budget: AccuracyBudget, share: float
) -> None:
    """Images on which the file is off by more of the tolerance are not taken where there are others."""
    bare = colour_manifest(golden=(), tolerance=budget.golden_tolerance)
    near = Shifted(engine, 0.9 * share * budget.golden_tolerance, 1.1 * share * budget.golden_tolerance)
    check = check_in_runtime(colour_model(), bare, near, budget, force=False)
    assert 0 < check.golden_error <= share * budget.golden_tolerance
