"""ONNX Runtime and its execution providers."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.engines import EngineOptions, load_engine
from edgebreed.edge.engines.onnx_runtime import PROVIDERS, SPECS, OnnxRuntimeEngine, available
from edgebreed.edge.engines.session import SessionSettings
from edgebreed.edge.engines.time_limit import engine_is_busy
from edgebreed.edge.formats import read_model
from edgebreed.errors import EngineError, EngineTimeoutError

from ...conftest import colour_manifest, model_of
from .hanging_models import hanging, slow_to_open

CPU = "CPUExecutionProvider"


def test_every_provider_has_an_entry_for_the_registry() -> None:
    """A GPU provider that is missing says what to install; the processor's is always there."""
    reasons = {spec.name: spec.why_unavailable() for spec in SPECS}
    assert list(PROVIDERS) == list(reasons)
    assert None is reasons["cpu"]
    assert CPU in available()
    missing = [spec for spec in SPECS if PROVIDERS[spec.name] not in available()]
    for spec in missing:
        assert f"{PROVIDERS[spec.name]} is not in" in str(reasons[spec.name])
        assert f'`pip install "edgebreed[{spec.extra}]"`' in str(reasons[spec.name])


def test_a_batch_of_another_size_than_the_models_is_an_engine_error(colours: Path) -> None:
    """In one line, with the shape that came."""
    engine = OnnxRuntimeEngine(read_model(colours), CPU)
    with pytest.raises(EngineError, match=r"failed on a batch of shape \(1, 9, 9, 3\): "):
        engine.run(np.zeros((1, 9, 9, 3), np.uint8))


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    """With the file's name."""
    (tmp_path / "x.onnx").write_bytes(b"nonsense")
    with pytest.raises(EngineError, match=r"ONNX Runtime refuses .*x\.onnx"):
        OnnxRuntimeEngine(model_of(tmp_path / "x.onnx", colour_manifest()), CPU)


@pytest.mark.parametrize("bind", [False, True])
def test_an_endless_loop_is_cancelled(bind: bool, tmp_path: Path) -> None:
    """Each time anew: no inference is left behind."""
    settings = SessionSettings(bind=bind, inference_timeout_s=0.2)
    engine = OnnxRuntimeEngine(read_model(hanging(tmp_path)), CPU, settings)
    for _ in range(2):
        with pytest.raises(EngineTimeoutError, match=r"did not answer a batch of .*: give --inference-ti"):
            engine.run(np.zeros((1, 8, 8, 3), np.uint8))
        assert not engine_is_busy()


def test_opening_is_cancelled(tmp_path: Path) -> None:
    """Four matrices of 4,000 x 4,000, which it multiplies while it opens the file."""
    (tmp_path / "slow.onnx").write_bytes(slow_to_open())
    model, options = model_of(tmp_path / "slow.onnx", colour_manifest()), EngineOptions("cpu", 1)
    with pytest.raises(EngineTimeoutError, match=r"cpu did not open .*slow\.onnx within 0\.1 s: give --op"):
        load_engine(model, replace(options, open_timeout_s=0.1))
    while engine_is_busy():
        time.sleep(0.01)
