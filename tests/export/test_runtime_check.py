"""An exported model in its own runtime, before it is written."""

from dataclasses import replace

import pytest

from edgebreed.edge.engines import Engine
from edgebreed.edge.verify import verify
from edgebreed.errors import EngineError, ProofError
from edgebreed.export.recipe import FLOAT_BUDGET, INT8_BUDGET
from edgebreed.export.runtime_check import check_in_runtime, open_model_bytes, with_tolerance

from ..conftest import colour_manifest, colour_model


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
    """By the runtime."""
    with pytest.raises(EngineError):
        open_model_bytes(b"no model", colour_manifest())


def test_the_tolerance_is_one_that_the_file_meets() -> None:
    """An int8 file may be far off on drawn images; for a float file that is a fault."""
    manifest = colour_manifest(tolerance=0.1)
    assert manifest is with_tolerance(manifest, 0.1, INT8_BUDGET, force=False)
    assert 0.35 == pytest.approx(with_tolerance(manifest, 0.3, INT8_BUDGET, force=False).tolerance)
    with pytest.raises(ProofError, match=r"a golden vector is off by 0\.3, the bound is 0\.1"):
        with_tolerance(manifest, 0.3, FLOAT_BUDGET, force=False)
    assert 0.35 == pytest.approx(with_tolerance(manifest, 0.3, FLOAT_BUDGET, force=True).tolerance)
